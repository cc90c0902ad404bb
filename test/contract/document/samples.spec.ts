import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SAMPLES, type Sample } from './samples';

const textOf = ({ file }: Sample) => readFileSync(join(__dirname, file), 'utf8');

/** How a sample shows its channel: by name, or TwilioSMS by its number (S-401). */
const shownChannel = (channel: unknown) => (channel === 102 ? 'TwilioSMS' : channel);

const TELLING_KEYS = ['integrationId', 'channelId', 'configuration', 'results'];

const KEYS_OF: Record<Sample['kind'], readonly string[]> = {
  'create-request': ['channelId', 'configuration'],
  'create-configuration': [],
  'update-request': ['configuration'],
  'update-configuration': [],
  response: ['integrationId', 'channelId', 'configuration'],
  'list-response': [],
  'page-response': ['results'],
};

const NAMING_THEIR_CHANNEL = SAMPLES.filter(({ kind }) => KEYS_OF[kind].includes('channelId'));

describe('the samples of the document [S-011]', () => {
  it('are 29, one file each, in the order of the document', () => {
    const files = readdirSync(__dirname).filter((name) => /\.(request|response)\.json$/.test(name));
    const starts = SAMPLES.map(({ lines: [first] }) => first);

    expect(SAMPLES).toHaveLength(29);
    expect(SAMPLES.map(({ file }) => file).sort()).toEqual(files.sort());
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
  });

  it('are as long as their block, but for the two closing braces that were missing', () => {
    const grown = SAMPLES.flatMap((sample) => {
      const { lines, file } = sample;
      const added = textOf(sample).trimEnd().split('\n').length - (lines[1] - lines[0] + 1);
      return added === 0 ? [] : [[file, added]];
    });

    expect(grown).toEqual([
      ['create-direct.response.json', 1],
      ['update-direct.response.json', 1],
    ]);
  });

  it.each(SAMPLES)('$file is a whole $kind', ({ body, kind }) => {
    expect(TELLING_KEYS.filter((key) => key in Object(body))).toEqual(KEYS_OF[kind]);
    expect(Array.isArray(body)).toBe(kind === 'list-response');
  });

  it.each(NAMING_THEIR_CHANNEL)('$file is one of its channel', ({ body, channel }) => {
    expect(shownChannel(Object(body).channelId)).toBe(channel);
  });

  it('keep their oddities: a trailing space, a typo, numbers for names, hubs [S-104, S-206, S-401, S-605]', () => {
    const bodyOf = (file: string) => SAMPLES.find((sample) => sample.file === file)?.body;

    expect(bodyOf('get-twilio-sms-numeric.response.json')).toMatchObject({
      integrationId: '00000000-0000-0000-0000-000000000000',
      integrationTypeId: 2,
      channelId: 102,
      configuration: { AcccountSid: 'AC1fc1c172244...' },
    });
    expect(bodyOf('get-web-chat.response.json')).toMatchObject({ name: 'Webchat for Hubster Demo (Blank) ' });
    expect(bodyOf('get-collection.response.json')).not.toHaveProperty('results.0.integrationId');
  });
});
