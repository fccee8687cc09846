// Models of the account pages. Every form is POST to `form.action`; passwords are never sent back.
import type { FormModel } from './view-parts.ts';

/** POST /login: `email`, `password`, hidden `returnTo`. */
export interface LoginModel {
  readonly form: FormModel<'email' | 'password'>;
  readonly returnTo: string;
}

/** POST /register: `name`, `email`, `password` (≥ 10 characters), hidden `returnTo`. */
export interface RegisterModel {
  readonly form: FormModel<'name' | 'email' | 'password'>;
  readonly returnTo: string;
}

/**
 * /account: the profile form (POST /account: `name`, `email`, and `currentPassword` for another address), links to the
 * other pages, and two dangerous forms: GET /account/export downloads everything as JSON; POST /account/delete with
 * `password`.
 */
export interface AccountModel {
  readonly name: string;
  readonly email: string;
  readonly memberSince: string;
  readonly profile: FormModel<'name' | 'email' | 'currentPassword'>;
  readonly removal: FormModel<'password'>;
  readonly links: {
    readonly orders: string;
    readonly addresses: string;
    readonly password: string;
    readonly sessions: string;
    readonly export: string;
  };
}

export type AddressField = 'name' | 'street' | 'postcode' | 'city' | 'country';

/** /account/addresses: POST there adds one; POST <removeAction> removes one; POST <preferAction> makes it first. */
export interface AddressesModel {
  readonly addresses: readonly {
    lines: readonly string[];
    preferred: boolean;
    removeAction: string;
    preferAction: string;
  }[];
  readonly form: FormModel<AddressField>;
  readonly countries: readonly { code: string; text: string; selected: boolean }[];
}

/** POST /account/password: `currentPassword`, `newPassword`. */
export interface PasswordModel {
  readonly form: FormModel<'currentPassword' | 'newPassword'>;
  /** Whether other devices are logged out. */
  readonly revocable: boolean;
}

/** POST /password/forgot: `email`. `sent` shows the same sentence whether or not the account exists. */
export interface PasswordForgotModel {
  readonly form: FormModel<'email'>;
  readonly sent: boolean;
}

/** POST /password/reset: hidden `token`, `newPassword`. */
export interface PasswordResetModel {
  readonly form: FormModel<'newPassword'>;
  readonly token: string;
  /** False when the link is used, unknown or too old: then only a link to /password/forgot is shown. */
  readonly valid: boolean;
  /** Whether other devices are logged out. */
  readonly revocable: boolean;
}

/** /account/sessions: POST <revokeAction> ends one; POST /account/sessions/revoke-all ends all, here too. */
export interface SessionsModel {
  readonly sessions: readonly {
    device: string;
    startedAt: string;
    lastSeenAt: string;
    current: boolean;
    revokeAction: string;
  }[];
  readonly revokeAllAction: string;
  /** False: no server knows the sessions, and only this one can be ended. */
  readonly revocable: boolean;
}
