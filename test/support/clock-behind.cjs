// Loaded before the service (`node --require`): sets the clock of the process back by CLOCK_BEHIND_MS milliseconds.
const behind = Number(process.env.CLOCK_BEHIND_MS);
const { now } = Date;
Date.now = () => now() - behind;
