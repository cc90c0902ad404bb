import { fieldNamed } from '../channels/configuration-keys';
import type { Integration } from '../hubster/integration';
import { pointerOf } from '../problems/violation';
import { MASK } from '../secrets/secret';
import { readConfigurationInput } from './requests/configuration-input';
import type { UpdateCommand } from './requests/update-request';

/**
 * The masked values that the answer to an update compares with the request: a frozen configuration takes what equals the current
 * one and refuses all else (S-322), which tells whether a guess is right. Pointers; one that is not declared is named by its parent.
 */
export function comparedSecrets({ channel, configuration }: Integration, command: UpdateCommand): readonly string[] {
  const sent = command.configuration?.reveal();
  if (channel.configurationUpdate !== 'frozen' || sent === undefined) return [];
  const current = configuration.reveal();
  return Object.entries(readConfigurationInput(channel, sent).configuration).flatMap(([key, value]) => {
    const field = fieldNamed(channel, key);
    const isMasked = field === undefined || field.secret === true;
    if (!isMasked || value === MASK || !Object.hasOwn(current, key)) return [];
    return [field ? pointerOf('configuration', key) : pointerOf('configuration')];
  });
}
