/** Whether the URL is plain http that would leave this machine. The WHATWG parser has already normalised `127.1` and the like. */
export function isRemoteHttp({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
