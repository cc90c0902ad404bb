import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Block, blocksOf, documentsWithBlocks, isShownBy, nameOf } from '../support/documents/blocks';
import { Terminal } from '../support/documents/terminal';
import { fileOf, treatmentOf } from '../support/documents/treatment';

/** The README is the first: the other documents use its demo, and the variables of its tour. */
const README = 'README.md';
const OTHERS = documentsWithBlocks().filter((document) => document !== README && commandsOf(document).length > 0);
const START = blocksOf(README).find(({ text }) => text.includes('npm start'));

const STARTS_STAGEDOOR = /\bnpm (run )?start/;

function commandsOf(document: string): readonly Block[] {
  return blocksOf(document).filter((block) => treatmentOf(block) === 'run');
}

describe('the commands of the documents', () => {
  let terminal: Terminal;

  beforeAll(async () => {
    terminal = await Terminal.open();
  });

  afterAll(async () => {
    await terminal.close();
  });

  /** Runs a block; resolves to what went wrong. */
  async function run(block: Block, sample: Block | undefined): Promise<readonly object[]> {
    if (STARTS_STAGEDOOR.test(block.text)) await terminal.interrupt();
    const { output, status } = await terminal.run(block.text);
    const mayGoOn = status === undefined;
    const failed = status !== undefined && status !== 0;
    const differs = sample !== undefined && !isShownBy(sample.text, output, { mayGoOn });
    return failed || differs ? [{ block: nameOf(block), status, sample: sample?.text, output }] : [];
  }

  async function follow(document: string): Promise<readonly object[]> {
    const blocks = blocksOf(document);
    const wrong: object[] = [];
    for (const block of blocks) {
      const file = treatmentOf(block) === 'saved' ? fileOf(block) : undefined;
      if (file !== undefined) await writeFile(join(terminal.directory, file), block.text);
      const sample = blocks.find(({ printedBy }) => printedBy?.number === block.number);
      if (treatmentOf(block) === 'run') wrong.push(...(await run(block, sample)));
    }
    return wrong;
  }

  it('of the README run one after another, and print what it shows', async () => {
    expect(await follow(README)).toEqual([]);
  }, 120_000);

  it.each(OTHERS)('of %s run beside the demo, and print what it shows', async (document) => {
    expect(START && (await run(START, undefined))).toEqual([]);
    expect(await follow(document)).toEqual([]);
  }, 60_000);
});
