// The keys that sign cookies: the first signs, all verify. A cookie whose signature is not ours is no cookie to Koa;
// here it is counted as well, by its name and never by its content.
import Keygrip from 'keygrip';

/** `tampered` is told the name of each cookie that was changed or signed with a key we no longer have. */
export function createCookieKeys(keys: readonly string[], tampered: (cookie: string) => void): Keygrip {
  const keygrip = new Keygrip([...keys]);
  const index = keygrip.index.bind(keygrip);
  // What is signed is "name=value".
  return Object.assign(keygrip, {
    index: (data: string, digest: string): number => {
      const found = index(data, digest);
      if (found < 0) tampered(data.split('=', 1)[0] ?? '');
      return found;
    },
  });
}
