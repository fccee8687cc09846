import { expect } from 'chai';
import { isVerifierOf, scramVerifier } from '../../../../../operator/agent/passwords/scram.ts';

describe('a SCRAM verifier', () => {
  it('is what RFC 7677 gives for its own example', () => {
    const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
    expect(scramVerifier('pencil', salt)).to.equal(
      'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
    );
  });

  it('is recognized as its password’s and as no other’s', () => {
    const verifier = scramVerifier('one');
    expect(isVerifierOf(verifier, 'one')).to.equal(true);
    expect(isVerifierOf(verifier, 'two')).to.equal(false);
    for (const other of [null, '', 'md5abc', 'one']) expect(isVerifierOf(other, 'one')).to.equal(false);
  });
});
