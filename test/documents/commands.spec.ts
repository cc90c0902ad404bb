import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Block, blocksOf, documentsWithBlocks, isShownBy, nameOf } from '../support/documents/blocks';
import { Terminal } from '../support/documents/terminal';
import { fileOf, treatmentOf } from '../support/documents/treatment';
import { SecretWatch } from '../support/secret-watch';

const README = 'README.md';
const OTHERS = documentsWithBlocks().filter((document) => document !== README && commandsOf(document).length > 0);

/** A program that the document starts itself, in place of the demo that the README starts. */
const STARTS = /\bnpm (run )?(start|sandbox)/;

/** A call of the demo. */
const CALLS = /127\.0\.0\.1:3000/;

const DEMO = /Stagedoor listens on/;

/** A stand-in for a key: the reader puts in what the demo has printed for that caller, such as acme-app for `ACME`. */
const KEY = /\b([A-Z]+)=sd_…/g;

/** A secret that a command sends. */
const SECRET = /"authToken": "([^"]+)"/g;

function commandsOf(document: string): readonly Block[] {
  return blocksOf(document).filter((block) => treatmentOf(block) === 'run');
}

/** The blocks of the README until those that have the keys of the demo: what the other documents expect of a reader. */
function preparations(): readonly Block[] {
  const blocks = commandsOf(README);
  return blocks.slice(0, blocks.findIndex(({ text }) => text.includes('sd_…')) + 1);
}

describe('the commands of the documents', () => {
  let terminal: Terminal;
  /** The keys that the demo has printed, by caller. */
  const keys = new Map<string, string>();
  const watch = new SecretWatch();

  beforeAll(async () => {
    terminal = await Terminal.open();
  });

  afterAll(async () => {
    await terminal.interrupt();
    await watch.collectFiles(join(terminal.directory, 'data'));
    await terminal.close();
    expect(watch.size).toBeGreaterThan(0);
    expect(watch.end()).toEqual([]);
  });

  function keyFor(name: string): string {
    const [, key] = [...keys].find(([caller]) => caller.startsWith(name.toLowerCase())) ?? [];
    if (key === undefined) throw new Error(`the demo has printed no key for ${name}`);
    return key;
  }

  /** Runs a block; resolves to what went wrong. */
  async function run(block: Block, sample?: Block): Promise<readonly object[]> {
    if (/\bStop the demo\b[^.]*\bCtrl-C\b/.test(block.prose)) await terminal.interrupt(DEMO);
    const command = block.text.replaceAll(KEY, (_, name: string) => `${name}=${keyFor(name)}`);
    for (const [, value = ''] of command.matchAll(SECRET)) watch.register({ place: nameOf(block), value });
    const { output, status } = await terminal.run(command);
    watch.collect(nameOf(block), output);
    for (const [, caller = '', key = ''] of output.matchAll(/^ *([\w-]+) +(sd_\S+)/gm)) keys.set(caller, key);
    const isWrong = status !== undefined && status !== 0;
    const differs = sample !== undefined && !isShownBy(sample.text, output, { mayGoOn: status === undefined });
    return isWrong || differs ? [{ block: nameOf(block), status, sample: sample?.text, output }] : [];
  }

  async function follow(document: string): Promise<readonly object[]> {
    const blocks = blocksOf(document);
    const wrong: object[] = [];
    for (const block of blocks) {
      const treatment = treatmentOf(block);
      const file = fileOf(block);
      if (treatment === 'saved' && file !== undefined) await writeFile(join(terminal.directory, file), block.text);
      const sample = blocks.find(({ printedBy }) => printedBy?.number === block.number);
      if (treatment === 'run') wrong.push(...(await run(block, sample)));
    }
    return wrong;
  }

  it('of the README run one after another, and print what it shows', async () => {
    expect(await follow(README)).toEqual([]);
    expect(keys.size).toBeGreaterThan(0);
  }, 120_000);

  it.each(OTHERS)(
    'of %s run, and print what it shows',
    async (document) => {
      await terminal.startOver();
      const commands = commandsOf(document).map(({ text }) => text);
      const needsDemo = commands.some((text) => CALLS.test(text)) && !commands.some((text) => STARTS.test(text));
      for (const block of needsDemo ? preparations() : []) expect(await run(block)).toEqual([]);
      expect(await follow(document)).toEqual([]);
    },
    60_000,
  );
});
