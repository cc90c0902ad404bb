/** The exit status of every command for arguments or variables that it cannot work with. */
export const EXIT_USAGE = 2;

/** Ends a command: with this exit status, and a line on standard error that says what happened and what to do, never with a value. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}
