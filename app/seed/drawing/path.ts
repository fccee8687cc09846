// Arithmetic on SVG path data, so that the second of a pair need not be drawn by hand.

/** Path data (absolute commands only) moved by (dx, dy). */
export function moved(d: string, dx: number, dy: number): string {
  let command = 'M';
  let isX = true;
  return d.replaceAll(/[A-Z]|-?\d+(?:\.\d+)?/g, (token) => {
    if (/[A-Z]/.test(token)) {
      command = token;
      isX = token !== 'V';
      return token;
    }
    const value = Number(token) + (isX ? dx : dy);
    if (command !== 'H' && command !== 'V') isX = !isX;
    return String(Math.round(value * 10) / 10);
  });
}
