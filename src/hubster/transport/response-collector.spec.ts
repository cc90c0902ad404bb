import { getEventListeners } from 'node:events';
import type { Dispatcher } from 'undici';
import { ManualClock } from '../../../test/support/manual-clock';
import { type HttpResponse, ResponseCollector } from './response-collector';

class Controller implements Dispatcher.DispatchController {
  aborted = false;
  readonly paused = false;
  readonly reason = null;

  abort(): void {
    this.aborted = true;
  }

  pause(): void {}

  resume(): void {}
}

describe('ResponseCollector', () => {
  const begin = (maxBytes = 10) => {
    const clock = new ManualClock();
    const caller = new AbortController();
    let collector: ResponseCollector | undefined;
    const response = new Promise<HttpResponse>((resolve, reject) => {
      collector = new ResponseCollector({
        clock,
        timeoutMs: 1000,
        signal: caller.signal,
        maxBytes,
        resolve,
        reject,
      });
    });
    response.catch(() => undefined);
    if (!collector) throw new Error('the collector is missing');
    return { response, collector, caller, clock, controller: new Controller() };
  };

  it('collects the status, the headers and the body, and ignores interim responses', async () => {
    const { response, collector, controller } = begin();
    collector.onRequestStart(controller);
    collector.onResponseStart(controller, 103, { link: '</x>' });
    collector.onResponseStart(controller, 200, { a: 'b' });
    collector.onResponseData(controller, Buffer.from('01234'));
    collector.onResponseData(controller, Buffer.from('56789'));
    collector.onResponseEnd();
    expect(await response).toEqual({ status: 200, headers: { a: 'b' }, data: Buffer.from('0123456789') });
  });

  it('stops reading at the limit and keeps the status', async () => {
    const { response, collector, controller } = begin();
    collector.onRequestStart(controller);
    collector.onResponseStart(controller, 200, {});
    collector.onResponseData(controller, Buffer.from('0123456789'));
    expect(controller.aborted).toBe(false);
    collector.onResponseData(controller, Buffer.from('0'));
    expect(controller.aborted).toBe(true);
    expect(await response).toEqual({ status: 200, headers: {}, data: undefined });
  });

  it('prevents a request from being sent twice', async () => {
    const { response, collector, controller } = begin();
    collector.onRequestStart(controller);
    const second = new Controller();
    collector.onRequestStart(second);
    expect([controller.aborted, second.aborted]).toEqual([false, true]);
    collector.onResponseError(null, new Error('broken'));
    await expect(response).rejects.toMatchObject({ kind: 'reset' });
  });

  it('reports never-sent before the request is started, and reset after it', async () => {
    const unsent = begin();
    unsent.collector.onResponseError(null, new Error('broken'));
    await expect(unsent.response).rejects.toMatchObject({ kind: 'never-sent' });
    const sent = begin();
    sent.collector.onRequestStart(sent.controller);
    sent.collector.onResponseError(null, new Error('broken'));
    await expect(sent.response).rejects.toMatchObject({ kind: 'reset' });
  });

  it('rejects at once if it is aborted without a connection, and does not send when the connection is open', async () => {
    const { response, collector, caller, controller } = begin();
    caller.abort();
    await expect(response).rejects.toMatchObject({ kind: 'never-sent' });
    collector.onRequestStart(controller);
    expect(controller.aborted).toBe(true);
  });

  it('ends a request under way if it is aborted', async () => {
    const { response, collector, caller, controller } = begin();
    collector.onRequestStart(controller);
    caller.abort();
    expect(controller.aborted).toBe(true);
    await expect(response).rejects.toMatchObject({ kind: 'no-response' });
  });

  it('ends a request under way after its time limit', async () => {
    const { response, collector, clock, controller } = begin();
    collector.onRequestStart(controller);
    await clock.advance(999);
    expect(controller.aborted).toBe(false);
    await clock.advance(1);
    expect(controller.aborted).toBe(true);
    await expect(response).rejects.toMatchObject({ kind: 'no-response', cause: undefined });
  });

  it('leaves neither a timer nor a listener behind', async () => {
    const { response, collector, caller, clock, controller } = begin();
    collector.onRequestStart(controller);
    collector.onResponseStart(controller, 200, {});
    collector.onResponseEnd();
    await response;
    expect(clock.sleeping).toEqual([]);
    expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
  });
});
