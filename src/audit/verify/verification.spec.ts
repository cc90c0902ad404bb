import { type Finding, gravestOf, reportOf } from './verification';

const finding = (state: Finding['state'], seq = 7): Finding => ({ state, chain: 'c', seq, reason: 'why' });

describe('the report of stagedoor audit verify', () => {
  it('ends with the state alone, and names chain and sequence of each finding', () => {
    const findings = [finding('tampered')];
    expect(reportOf({ state: 'tampered', chains: 1, lines: 1234, findings })).toBe(
      '1,234 lines in 1 chain\ntampered: chain c, sequence 7: why\ntampered',
    );
  });

  it('has the number of findings that it leaves out', () => {
    const findings = Array.from({ length: 60 }, (_, seq) => finding('tampered', seq));
    expect(reportOf({ state: 'tampered', chains: 2, lines: 0, findings })).toContain('\nand 10 more\n');
  });

  it('has the gravest state', () => {
    expect(gravestOf([])).toBe('ok');
    expect(gravestOf([finding('unanchored-tail'), finding('torn-tail')])).toBe('torn-tail');
    expect(gravestOf([finding('unknown-key'), finding('torn-tail')])).toBe('unknown-key');
    expect(gravestOf([finding('tampered'), finding('unknown-key')])).toBe('tampered');
  });
});
