import { availableConnections } from './connection-limit';

describe('availableConnections', () => {
  it.each([
    [4096, 1_048_576, 4096],
    [4096, 1024, 768],
    [4096, 1, 1],
    [10, Number.POSITIVE_INFINITY, 10],
  ])('reduces %d connections with %d descriptors to %d', (wanted, limit, available) => {
    expect(availableConnections(wanted, limit)).toBe(available);
  });
});
