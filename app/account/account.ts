// What the shop knows of a customer.
export interface Account {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: 'shopper' | 'staff';
  readonly createdAt: Date;
}

export interface Address {
  readonly name: string;
  readonly street: string;
  readonly postcode: string;
  readonly city: string;
  readonly country: string;
}

export interface SavedAddress extends Address {
  readonly id: string;
}

export const COUNTRIES = ['DE', 'AT', 'CH', 'NL', 'FR', 'GB', 'US'] as const;
