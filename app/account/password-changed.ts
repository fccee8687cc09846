// What is said of a changed password: that other devices are logged out only where a server can do that.
import type { MessageKey } from '../http/messages.ts';
import type { SessionManager } from '../session/manager.ts';

export function passwordChanged({ revocable }: Pick<SessionManager, 'revocable'>): MessageKey {
  return revocable ? 'account.passwordChanged' : 'account.passwordChangedHere';
}
