import { expect } from 'chai';
import { advisoryProblems, lockProblems, rangeProblems } from '../../audit/rules.ts';

const none = { advisories: [], installScripts: [] };
const url = 'https://github.com/advisories/GHSA-0000';
const report = (severity: string) => ({
  vulnerabilities: { koa: { name: 'koa', via: ['cookies', { url, title: 'Header injection', severity }] } },
});

describe('the audit of dependencies', () => {
  it('names a serious advisory, and passes over a low one', () => {
    expect(advisoryProblems(report('high'), none, '2026-01-01')).to.deep.equal([
      `koa: high: Header injection (${url})`,
    ]);
    expect(advisoryProblems(report('low'), none, '2026-01-01')).to.deep.equal([]);
  });

  it('accepts an advisory only until the day that was set for it', () => {
    const advisories = [{ url, reason: 'we never call this', until: '2026-03-01' }];
    const accepted = { ...none, advisories };
    expect(advisoryProblems(report('high'), accepted, '2026-03-01')).to.deep.equal([]);
    expect(advisoryProblems(report('high'), accepted, '2026-03-02')).to.have.length(1);
  });

  it('wants contents vouched for, and scripts read before they run', () => {
    const packages = {
      '': {},
      'node_modules/plain': { integrity: 'sha512-x' },
      'node_modules/bundled': { inBundle: true },
      'node_modules/bare': {},
      'node_modules/a/node_modules/runs': { integrity: 'sha512-x', hasInstallScript: true },
      'node_modules/@scope/read': { integrity: 'sha512-x', hasInstallScript: true },
    };
    expect(lockProblems({ packages }, { ...none, installScripts: ['@scope/'] })).to.deep.equal([
      'node_modules/bare: no integrity in package-lock.json',
      'node_modules/a/node_modules/runs: runs a script when installed; read it first',
    ]);
  });

  it('wants exact versions', () => {
    const wanted = { dependencies: { koa: '3.3.0', pg: '^8.0.0' }, devDependencies: { a: '1.0.0-beta.1' } };
    expect(rangeProblems(wanted)).to.deep.equal(['pg: "^8.0.0" is not one exact version']);
  });
});
