import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileReader } from './read-file';

const MAX_BYTES = 100_000;

describe('fileReader', () => {
  let directory: string;
  let path: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'read-file-'));
    path = join(directory, 'file');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const written = (content: string | Buffer): string => {
    writeFileSync(path, content);
    return path;
  };
  const pipe = (): string => {
    execFileSync('mkfifo', [path]);
    return path;
  };

  it.each([0, 1, 65_535, 65_536, 65_537, MAX_BYTES])('reads a file of %d bytes', (size) => {
    const text = 'é'.repeat(size / 2).padEnd(size - Math.floor(size / 2), 'x');
    expect(fileReader()(written(text), MAX_BYTES)).toBe(text);
  });

  it('drops a byte order mark at the beginning, and only there', () => {
    expect(fileReader()(written('\ufeffa\ufeffb'), MAX_BYTES)).toBe('a\ufeffb');
  });

  it('rejects a file that is too large, not UTF-8, a directory or absent', () => {
    const read = fileReader();
    expect(() => read(written('x'.repeat(MAX_BYTES + 1)), MAX_BYTES)).toThrow('too large');
    expect(() => read(written(Buffer.from('\ufeffsecret', 'utf16le')), MAX_BYTES)).toThrow('not valid');
    expect(() => read(directory, MAX_BYTES)).toThrow('EISDIR');
    expect(() => read(join(directory, 'none'), MAX_BYTES)).toThrow('ENOENT');
  });

  it('rejects a device without an end', () => {
    expect(() => fileReader()('/dev/zero', MAX_BYTES)).toThrow('too large');
  });

  it('reads a pipe that is written a little later', () => {
    spawn('sh', ['-c', `printf one > ${pipe()}`], { stdio: 'ignore' });
    expect(fileReader(20_000)(path, MAX_BYTES)).toBe('one');
  });

  it('rejects a pipe that is not written in time, with one time limit for all pipes of a reader', () => {
    const read = fileReader(30);
    expect(() => read(pipe(), MAX_BYTES)).toThrow('not written in time');
    expect(() => read(path, MAX_BYTES)).toThrow('not written in time');
    const unfinished = spawn('sh', ['-c', `exec 3<>${path}; printf part >&3; exec sleep 60`], { stdio: 'ignore' });
    expect(() => fileReader(300)(path, MAX_BYTES)).toThrow('not written in time');
    unfinished.kill('SIGKILL');
  });
});
