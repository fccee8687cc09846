// The two parts of AWS that cannot be had here, played by one server on loopback that keeps what it was asked: STS,
// which lends credentials to whoever brings a token, and a DynamoDB that is empty and takes everything.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

const lent = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult><Credentials>
    <AccessKeyId>ASIALENT</AccessKeyId><SecretAccessKey>lent</SecretAccessKey>
    <SessionToken>lent-token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
  </Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;

interface Call {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface FakeAws {
  readonly url: string;
  /** Forms that STS got. */
  readonly lendings: () => readonly Readonly<Record<string, string>>[];
  /** Headers that DynamoDB got. */
  readonly calls: () => readonly IncomingHttpHeaders[];
  readonly close: () => void;
}

const isSts = ({ body }: Call): boolean => body.startsWith('Action=');

export async function startAws(): Promise<FakeAws> {
  const asked: Call[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const call = { headers: request.headers, body };
      asked.push(call);
      response.setHeader('content-type', isSts(call) ? 'text/xml' : 'application/x-amz-json-1.0');
      response.end(isSts(call) ? lent : '{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lendings: () => asked.filter(isSts).map(({ body }) => Object.fromEntries(new URLSearchParams(body))),
    calls: () => asked.filter((call) => !isSts(call)).map(({ headers }) => headers),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
