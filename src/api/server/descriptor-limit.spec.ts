import { availableConnections } from './descriptor-limit';

describe('availableConnections', () => {
  it.each([
    [4096, 1_048_576, 4096],
    [4096, 1024, 768],
    [4096, 1, 1],
    [10, Number.POSITIVE_INFINITY, 10],
  ])('%d wanted where %d files may be open: %d', (wanted, limit, available) => {
    expect(availableConnections(wanted, limit)).toBe(available);
  });
});
