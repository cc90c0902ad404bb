import { asIs } from './respelling';
import type { IntegrationType, SandboxChannel } from './sandbox-channel';

/** A channel of Hubster without a documented configuration: integrations can be seeded, read and renamed. */
export function undocumented(channelId: string, channelNumber: number, type: IntegrationType): SandboxChannel {
  return {
    channelId,
    channelNumber,
    creatable: false,
    configurationFrozen: false,
    signing: false,
    properties: {},
    integrationType: () => type,
    connect: (configuration) => ({ configuration }),
    quirks: { written: asIs, read: asIs },
  };
}
