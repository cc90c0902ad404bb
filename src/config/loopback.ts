/** Whether the URL is plain http to another machine. The WHATWG parser has already normalised addresses such as `127.1`. */
export function isRemoteHttp({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
