import { defineConfig } from '@kubb/core';
import { pluginClient } from '@kubb/plugin-client';
import { pluginOas } from '@kubb/plugin-oas';
import { pluginTs } from '@kubb/plugin-ts';

const config = defineConfig({
  root: '.',
  input: { path: './openapi.yaml' },
  output: { path: './generated', clean: true },
  plugins: [pluginOas(), pluginTs(), pluginClient({ bundle: true })],
});
export { config as default };
