// The handbook is there as the server wrote it; nothing has to be filled in.

export async function start() {}
