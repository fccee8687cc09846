-- Up Migration
CREATE TABLE account (
  id uuid PRIMARY KEY,
  -- Lower case; compared as stored.
  email text NOT NULL CONSTRAINT account_email_unique UNIQUE,
  name text NOT NULL,
  password_hash text NOT NULL,
  role text NOT NULL DEFAULT 'shopper' CHECK (role IN ('shopper', 'staff')),
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE address (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  name text NOT NULL,
  street text NOT NULL,
  postcode text NOT NULL,
  city text NOT NULL,
  country text NOT NULL,
  preferred_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX address_account ON address (account_id, preferred_at DESC);

CREATE TABLE password_reset (
  -- SHA-256 of the token in the mail: whoever reads this table cannot reset anything.
  token_hash text PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  expires_at timestamptz NOT NULL
);

-- Down Migration
DROP TABLE password_reset, address, account;
