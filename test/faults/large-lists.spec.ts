import { readLargeLists } from '../support/scale/large-lists';

describe('a list of thousands', () => {
  it('is read from Hubster by one replica and from Redis by the other, compressed [S-815]', async () => {
    const [list] = await readLargeLists({ integrations: 500, textCharacters: 780, rounds: 1 });
    expect(list?.calls).toBe(1);
    expect(list?.first).toMatchObject({ status: 200, cacheStatus: 'stagedoor; fwd=miss; stored', encoding: null });
    expect(list?.second).toMatchObject({ status: 200, cacheStatus: expect.stringContaining('stagedoor; hit') });
    expect(list?.second.text).toBe(list?.first.text);
    expect(list?.redisBytes).toBeLessThan((list?.first.text.length ?? 0) / 3);
  });
});
