// The line of a request, beside the one that the log itself makes of the same fields.
import { expect } from 'chai';
import { createLog } from '../../../../app/platform/log.ts';
import { createRequestLog } from '../../../../app/platform/request-log.ts';

const line = {
  ...{ requestId: '0b0c0d7a-8b1e', method: 'GET', route: '/products/:slug("é\\d+")', status: 200 },
  durationMs: 12.34,
};

function logTo(level: string) {
  const lines: string[] = [];
  const log = createLog({ level, pod: 'app-"1"' }, { write: (text: string) => void lines.push(text) });
  return { log, lines, requests: createRequestLog(log) };
}

function withoutTime(text: string | undefined): string {
  return text?.replace(/"time":"[^"]+"/, '') ?? '';
}

describe('the line of a request', () => {
  for (const [status, level] of [
    [200, 'info'],
    [404, 'info'],
    [500, 'warn'],
    [503, 'warn'],
  ] as const) {
    it(`is the log’s own for ${status}: ${level}`, () => {
      const { log, lines, requests } = logTo('info');
      requests({ ...line, status });
      log[level]({ ...line, status, durationMs: 12.3 }, 'request');
      expect(lines).to.have.length(2);
      expect(withoutTime(lines[0])).to.equal(withoutTime(lines[1]));
      expect((JSON.parse(lines[0] ?? '') as { time: string }).time).to.match(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    });
  }

  it('is left out where the log leaves out its level', () => {
    const { lines, requests } = logTo('warn');
    requests(line);
    expect(lines).to.deep.equal([]);
    requests({ ...line, status: 500 });
    expect(lines).to.have.length(1);
  });
});
