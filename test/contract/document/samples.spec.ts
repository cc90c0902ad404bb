import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SAMPLES, type Sample } from './samples';

const textOf = ({ file }: Sample) => readFileSync(join(__dirname, file), 'utf8');

/** Samples give the channel by name, but TwilioSMS by number too (S-401). */
const channelNameOf = (channel: unknown) => (channel === 102 ? 'TwilioSMS' : channel);

const DISTINCTIVE_KEYS = ['integrationId', 'channelId', 'configuration', 'results'];

const KEYS_OF: Record<Sample['kind'], readonly string[]> = {
  'create-request': ['channelId', 'configuration'],
  'create-configuration': [],
  'update-request': ['configuration'],
  'update-configuration': [],
  response: ['integrationId', 'channelId', 'configuration'],
  'list-response': [],
  'page-response': ['results'],
};

const WITH_CHANNEL = SAMPLES.filter(({ kind }) => KEYS_OF[kind].includes('channelId'));

describe('the samples of the document [S-011]', () => {
  it('are 29, one file each, in the order of the document', () => {
    const files = readdirSync(__dirname).filter((name) => /\.(request|response)\.json$/.test(name));
    const starts = SAMPLES.map(({ lines: [first] }) => first);

    expect(SAMPLES).toHaveLength(29);
    expect(SAMPLES.map(({ file }) => file).sort()).toEqual(files.sort());
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
  });

  it('have as many lines as their block in the document, except two with an added closing brace', () => {
    const changed = SAMPLES.flatMap((sample) => {
      const { lines, file } = sample;
      const added = textOf(sample).trimEnd().split('\n').length - (lines[1] - lines[0] + 1);
      return added === 0 ? [] : [[file, added]];
    });

    expect(changed).toEqual([
      ['create-direct.response.json', 1],
      ['update-direct.response.json', 1],
    ]);
  });

  it.each(SAMPLES)('$file is a complete $kind', ({ body, kind }) => {
    expect(DISTINCTIVE_KEYS.filter((key) => key in Object(body))).toEqual(KEYS_OF[kind]);
    expect(Array.isArray(body)).toBe(kind === 'list-response');
  });

  it.each(WITH_CHANNEL)('$file has its channel', ({ body, channel }) => {
    expect(channelNameOf(Object(body).channelId)).toBe(channel);
  });

  it('keep their inconsistencies: a trailing space, a typo, numbers for names, hubs [S-104, S-206, S-401, S-605]', () => {
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
