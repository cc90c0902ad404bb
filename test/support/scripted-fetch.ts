/** A `fetch` with prepared responses; an error among them is thrown. Requests are kept. */
export interface ScriptedFetch {
  readonly fetch: typeof globalThis.fetch;
  readonly requests: readonly Request[];
}

/** One response after the other; the last one again and again. `never`: no response until the request is aborted. */
export function scriptedFetch(...script: readonly (Response | Error | 'never')[]): ScriptedFetch {
  const requests: Request[] = [];
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const { signal, ...rest } = init ?? {};
    const next = script[Math.min(requests.length, script.length - 1)];
    requests.push(new Request(input, rest));
    if (next === 'never') return rejectedWhenAborted(signal);
    if (!(next instanceof Response)) throw next;
    return next.clone();
  };
  return { fetch, requests };
}

function rejectedWhenAborted(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
}

export function jsonResponse(body: unknown, { status = 200, headers = {} }: ResponseInit = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

/** A problem as Stagedoor sends it. */
export function problemResponse(
  code: string,
  status: number,
  members: object = {},
  headers: Record<string, string> = {},
): Response {
  const problem = {
    type: `/problems/${code}`,
    title: `Title of ${code}`,
    status,
    code,
    requestId: 'req-1',
    retryable: false,
  };
  return jsonResponse({ ...problem, ...members }, { status, headers });
}
