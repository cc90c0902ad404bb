// LoadedResponse before the service (`node --require`): a process that lives CLOCK_BEHIND_MS milliseconds ago.
const behind = Number(process.env.CLOCK_BEHIND_MS);
const { now } = Date;
Date.now = () => now() - behind;
