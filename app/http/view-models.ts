// The contract between handlers and pages: view name → model. A view (app/views/<name>.eta) reads `it.<field>`
// of its model and `it.layout` (http/view-parts.ts), and nothing else; a handler renders with
// render(ctx, name, model). Views are dumb: money, dates and problems arrive as finished text in the shopper's
// language, fixed words come from `it.layout.t(key)`. Each form's action, method and field names are written at
// its model. There are no inline scripts or styles: the Content-Security-Policy refuses them.
import type {
  AccountModel,
  AddressesModel,
  LoginModel,
  PasswordForgotModel,
  PasswordModel,
  PasswordResetModel,
  RegisterModel,
  SessionsModel,
} from './view-models-account.ts';
import type { Repeat } from './repeat.ts';
import type { LabModel, StaffOrdersModel, StaffProductsModel } from './view-models-staff.ts';
import type { CartModel, CheckoutModel, OrderModel, OrdersModel } from './view-models-sale.ts';
import type { Choice, Money, ProductCard } from './view-parts.ts';

export interface HomeModel {
  readonly categories: readonly { name: string; href: string; picture: string; description: string }[];
  readonly newest: readonly ProductCard[];
  readonly recentlySeen: readonly ProductCard[];
}

/** One group of filters; each choice is a link that turns itself on or off (works without JavaScript). */
export interface Facet {
  readonly name: 'size' | 'colour' | 'price' | 'category';
  readonly title: string;
  readonly choices: readonly (Choice & { count: number; hex?: string })[];
}

/** Category pages (/category/<slug>) and search (/search?q=…&size=…&colour=…&sort=…&page=…), both GET. */
export interface ListingModel {
  readonly heading: string;
  readonly description: string;
  /** What was searched for, for the search box; '' on a category page. */
  readonly query: string;
  readonly items: readonly ProductCard[];
  readonly total: number;
  /** "1–24 of 63", in the shopper's language. */
  readonly summary: string;
  readonly facets: readonly Facet[];
  /** Filters that are on, each a link that removes it. */
  readonly active: readonly { text: string; removeHref: string }[];
  readonly clearHref: string | null;
  readonly sorts: readonly Choice[];
  readonly pages: readonly { number: number; href: string; current: boolean }[];
  readonly previousHref: string | null;
  readonly nextHref: string | null;
}

/**
 * The form: POST /cart/lines with `sku`, `quantity` (1–10) and hidden `operationId`. `sku` is chosen by radio
 * buttons; the colour is a link (`colours[].href`), so that only one colour's sizes are offered at a time.
 */
export interface ProductModel {
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly category: { name: string; href: string };
  readonly price: Money;
  /** Of the chosen colour. */
  readonly picture: string;
  readonly pictureAlt: string;
  readonly colours: readonly (Choice & { hex: string; picture: string })[];
  readonly variants: readonly {
    sku: string;
    size: string;
    price: Money;
    inStock: boolean;
    /** "In stock", "Only 2 left", "Sold out". */
    stockText: string;
    checked: boolean;
  }[];
  readonly soldOut: boolean;
  readonly maxQuantity: number;
  /** Preselected. */
  readonly quantity: number;
  readonly operationId: string;
  /** Why the last attempt to add failed, '' when it did not. */
  readonly problem: string;
  readonly boughtTogether: readonly ProductCard[];
  /** Of the same category; empty where `boughtTogether` has something. */
  readonly alike: readonly ProductCard[];
  readonly recentlySeen: readonly ProductCard[];
}

/** Every error page: 400, 403, 404, 409, 413, 422, 429, 500, 503. */
export interface ErrorModel {
  readonly status: number;
  readonly heading: string;
  /** What happened and what the shopper can do, one or two sentences. */
  readonly text: string;
  /** Seconds after which trying again makes sense; null where it does not. */
  readonly retryAfterSeconds: number | null;
  /** The form that could not be served, to be sent again as it was; null when there was none. */
  readonly repeat: Repeat | null;
}

/** View name → model. The name is also the file name under app/views. */
export interface ViewModels {
  readonly home: HomeModel;
  readonly listing: ListingModel;
  readonly product: ProductModel;
  readonly cart: CartModel;
  readonly checkout: CheckoutModel;
  readonly 'order-confirmation': OrderModel;
  readonly orders: OrdersModel;
  readonly order: OrderModel;
  readonly login: LoginModel;
  readonly register: RegisterModel;
  readonly account: AccountModel;
  readonly addresses: AddressesModel;
  readonly password: PasswordModel;
  readonly 'password-forgot': PasswordForgotModel;
  readonly 'password-reset': PasswordResetModel;
  readonly sessions: SessionsModel;
  readonly 'staff-products': StaffProductsModel;
  readonly 'staff-orders': StaffOrdersModel;
  readonly lab: LabModel;
  readonly error: ErrorModel;
}

export type ViewName = keyof ViewModels;
