import { fieldNamed } from '../channels/configuration-keys';
import type { Integration } from '../hubster/integration';
import { pointerOf } from '../problems/violation';
import { MASK } from '../secrets/secret';
import { readConfigurationInput } from './requests/configuration-input';
import type { UpdateCommand } from './requests/update-request';

/**
 * Pointers to the masked values that an update compares with the request: a frozen configuration accepts what equals the current
 * one and rejects all else (S-322), so the response shows whether a guess is right. An undeclared key is named by its parent.
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
