import { CHANNEL_NUMBERS } from '../../src/channels/channel';
import { CHANNELS } from '../../src/channels/channel-registry';
import { INTEGRATION_TYPE_NUMBERS } from '../../src/channels/integration-type';
import { MESSAGE_TYPES } from '../../src/channels/messages';
import { EVENT_FILTERS } from '../../src/channels/system/system.channel';
import { PRT_MEANINGS } from '../../src/problems/prt';
import { rowsOfTable, textOf } from '../support/repository';

const FACTS = textOf('docs/hubster.md');
const [, CHANNEL_PART = '', TYPE_PART = '', MESSAGE_PART = ''] =
  /## Channels(.*?)## Integration types(.*?)## Events and messages(.*?)## Webhooks/s.exec(FACTS) ?? [];

const codeWordsIn = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, word]) => word);

describe('the facts of Hubster in docs/hubster.md are those of the code [S-012]', () => {
  it('channels, their numbers, and which configurations are documented', () => {
    const rows = rowsOfTable(CHANNEL_PART, 'name');
    expect(Object.fromEntries(rows.map(([name, number]) => [name, Number(number)]))).toEqual(CHANNEL_NUMBERS);
    const documented = rows.filter(([, , isDocumented]) => isDocumented === 'yes').map(([name]) => name);
    expect(documented.sort()).toEqual(
      CHANNELS.filter(({ isCreatable }) => isCreatable)
        .map(({ id }) => id)
        .sort(),
    );
  });

  it('public integration types and their numbers', () => {
    const rows = rowsOfTable(TYPE_PART, 'name').filter(([, , use]) => use === 'public');
    expect(Object.fromEntries(rows.map(([name, number]) => [name, Number(number)]))).toEqual(INTEGRATION_TYPE_NUMBERS);
  });

  it('event filters and message types', () => {
    expect(codeWordsIn(MESSAGE_PART)).toEqual(expect.arrayContaining([...EVENT_FILTERS, ...MESSAGE_TYPES]));
  });

  it('error codes and their statuses', () => {
    const rows = rowsOfTable(FACTS, 'PRT code').flatMap(([codes = '', status]) =>
      codes.split(', ').map((code) => [Number(code), Number(status)] as const),
    );
    const known = [...PRT_MEANINGS].map(([code, { status }]) => [code, status] as const);
    expect(rows.sort(([a], [b]) => a - b)).toEqual(known.sort(([a], [b]) => a - b));
  });
});
