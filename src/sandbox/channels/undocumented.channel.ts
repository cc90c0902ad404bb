import { asIs } from './respelling';
import type { IntegrationType, SandboxChannel } from './sandbox-channel';

/** A channel of Hubster whose configuration no document describes: it can be seeded, read and renamed. */
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
