/**
 * What to tell a person whose start failed: the message alone, for it says what to do. Only a fault
 * of the program itself is shown with its stack, which its author will ask for.
 */
export function plainly(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, address, port } = error as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
  };
  if (code === 'EADDRINUSE') {
    return `Port ${port} of ${address} is in use. Stop what uses it, or set PORT to another one, e.g. PORT=3001.`;
  }
  if (code === 'EADDRNOTAVAIL') {
    return `This machine does not have the address ${address}. Set HOST to one that it has, e.g. HOST=127.0.0.1.`;
  }
  if (code === 'EACCES' && port !== undefined) {
    return `This user may not listen on port ${port}. Set PORT to one above 1023, e.g. PORT=3000.`;
  }
  const ours = ![TypeError, ReferenceError, RangeError, SyntaxError].some(
    (kind) => error instanceof kind,
  );
  return ours ? error.message : `A fault of the program: ${error.stack}`;
}
