import { Socket } from 'node:net';
import { ConnectionLimit, type LimitAction } from './connection-limit';

class FakeConnection {
  readonly socket = new Socket();
  isWorking = false;

  constructor(readonly network: string) {}
}

describe('ConnectionLimit', () => {
  let actions: LimitAction[];
  let pool: ConnectionLimit;

  function start(limit: number): void {
    actions = [];
    pool = new ConnectionLimit(limit, (action) => void actions.push(action));
  }
  const open = (network: string, count = 1): readonly FakeConnection[] =>
    Array.from({ length: count }, () => {
      const connection = new FakeConnection(network);
      if (!pool.admit(connection)) connection.socket.destroy();
      return connection;
    });
  const closed = (connections: readonly FakeConnection[]) => connections.map(({ socket }) => socket.destroyed);

  it('closes nothing below the limit', () => {
    start(10);
    expect(closed(open('a', 10))).not.toContain(true);
    expect(actions).toEqual([]);
  });

  it('evicts the connection whose last request is the oldest', () => {
    start(3);
    const [first, second, third] = open('a', 3);
    if (first) pool.used(first);
    open('a');
    expect([first, second, third].map((connection) => connection?.socket.destroyed)).toEqual([false, true, false]);
    expect(actions).toEqual(['evicted']);
  });

  it('evicts a connection of the address that has most, so that a client that opens many displaces its own', () => {
    start(10);
    const others = open('b', 3);
    const flood = open('a', 1000);
    expect(closed(others)).toEqual([false, false, false]);
    expect(closed(flood).filter((isClosed) => !isClosed)).toHaveLength(7);
    expect(closed(open('c', 4))).not.toContain(true);
    expect(closed(others)).toEqual([false, false, false]);
    expect(actions).not.toContain('rejected');
  });

  it('never evicts an exempt connection, and rejects the new one if there are no others', () => {
    start(3);
    const kept = open('balancer', 3);
    for (const connection of kept.slice(1)) pool.keep(connection);
    expect(closed(open('balancer'))).toEqual([false]);
    expect(closed(kept)).toEqual([true, false, false]);
    start(1);
    for (const connection of open('balancer')) pool.keep(connection);
    expect(closed(open('a'))).toEqual([true]);
    expect(actions).toEqual(['rejected']);
  });

  it('evicts an idle connection before a working one, and a working one before it rejects', () => {
    start(2);
    const [first, second] = open('a', 2);
    if (first) first.isWorking = true;
    const [third] = open('a');
    expect([first, second].map((connection) => connection?.socket.destroyed)).toEqual([false, true]);
    if (third) third.isWorking = true;
    open('a');
    expect([first, third].map((connection) => connection?.socket.destroyed)).toEqual([true, false]);
    expect(actions).toEqual(['evicted', 'evicted']);
  });

  it('accepts one more for each closed connection, however often it is removed', () => {
    start(2);
    const both = open('a', 2);
    for (const connection of both) pool.keep(connection);
    for (let time = 0; time < 3; time += 1) for (const connection of both.slice(1)) pool.remove(connection);
    expect(closed(open('b', 2))).toEqual([true, false]);
    expect(actions).toEqual(['evicted']);
  });
});
