import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PipelineOptions } from '../options.js';
import { presetOptions } from '../presets.js';
import { writeRunConfig } from '../run/run-config.js';
import { costs, data, writeFinishedRun } from '../testing/finished-run.js';
import type { RunReport } from './run-report.js';
import { escapeMarkup, linePlot, plotFile, plotInPage, ticks } from './svg-plot.js';
import { writeReport } from './write-report.js';

async function finishedRun(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'llm-report-'));
  await writeFinishedRun(directory);
  return directory;
}

describe('report', () => {
  test('report.json holds the promised figures, times and memory', async () => {
    const directory = await finishedRun();
    await writeReport(directory);
    const report = JSON.parse(readFileSync(join(directory, 'report.json'), 'utf8')) as RunReport;
    const cost = { ...costs, sessions: 1 };
    expect(report.stages.data).toMatchObject({ pages: 10, kept: 6, dropped: data.dropped, ...cost });
    expect(report.stages.tokenizer).toMatchObject({ vocabularySize: 512, bytesPerToken: 2.5, ...cost });
    expect(report.stages.pretrain).toMatchObject({
      bitsPerByteBefore: 4,
      bitsPerByteAfter: 2,
      tokensPerSecond: 101,
      ...cost,
    });
    expect(report.stages.sft).toMatchObject({ formatValidBefore: 0, formatValidAfter: 0.9, ...cost });
    expect(report.stages.rl).toMatchObject({
      accuracyBefore: 0.2,
      accuracyAfter: 0.8,
      n: 100,
      interval: [0.71, 0.87],
      controlBefore: 0.2,
      controlAfter: 0.21,
      ...cost,
    });
    expect(report.complete).toBe(true);
    expect(report.wallSeconds).toBe(9);
    expect(report.curves.rl.find(({ metric }) => metric === 'reward')).toEqual({
      metric: 'reward',
      steps: [0, 1],
      values: [0, 1],
    });
    expect(report.curves.rl.map(({ metric }) => metric)).toEqual([
      ...['loss', 'grad_norm', 'learning_rate', 'reward'],
    ]);
  });

  test('the page is self-contained and what a model wrote cannot break out of its cell', async () => {
    const directory = await finishedRun();
    await writeReport(directory);
    const html = readFileSync(join(directory, 'report.html'), 'utf8');
    expect(html).not.toMatch(/<script|<link|<img|src=|url\(|@import/);
    expect(html.match(/https?:\/\/[^" ]+/g)?.every((link) => link === 'http://www.w3.org/2000/svg')).toBe(
      true,
    );
    expect(html).toContain('&lt;script&gt;');
    for (const title of ['RL: gradient norm', 'RL: learning rate']) expect(html).toContain(title);
    expect(html.match(/<svg /g)?.length).toBeGreaterThanOrEqual(5);
    expect(html.match(/<svg /g)?.length).toBe(html.match(/<\/svg>/g)?.length);
    const markdown = readFileSync(join(directory, 'report.md'), 'utf8');
    expect(markdown).not.toContain('<script');
    const sampleRow = markdown.split('\n').find((line) => line.startsWith('| Who are you?'));
    expect(sampleRow?.match(/(?<!\\)\|/g)).toHaveLength(5);
  });

  test('rows left out are counted by reason, form and truth are told apart, and a shared machine is named', async () => {
    const directory = await finishedRun();
    await writeReport(directory);
    const markdown = readFileSync(join(directory, 'report.md'), 'utf8');
    const html = readFileSync(join(directory, 'report.html'), 'utf8');
    for (const text of [markdown, html]) {
      expect(text).toContain('were left out, by reason: roles 2, json');
      expect(text).toContain('could not be trained on, by reason: too-long 4.');
      expect(text).toContain(
        'well-formed answers 0.0 % → 90.0 %; right answers to held-out questions: sums 0.0 % → 25.0 % (n = 8), facts 0.0 % → 50.0 % (n = 4)',
      );
      expect(text).toContain(
        'The machine was shared: during data, tokenizer, pretrain, sft, rl, control other programs used 1.1 of 2 processors.',
      );
      expect(text).not.toContain('<b>');
    }
    expect(markdown).toContain('| 1.5 s | 0.8 of 2 | 100 MB |');
  });

  test('options and figures that somebody wrote into the files reach no page unescaped', async () => {
    const directory = await finishedRun();
    const config = JSON.parse(readFileSync(join(directory, 'config.json'), 'utf8')) as {
      options: Record<string, unknown>;
    };
    for (const name of ['preset', 'seed', 'threads'])
      config.options[name] = `<img src=x>[${name}](javascript:1)`;
    config.options.passedOver = { '<script>': 1 };
    await writeRunConfig(directory, config.options as unknown as PipelineOptions);
    await writeReport(directory);
    for (const name of ['report.html', 'report.md']) {
      const text = readFileSync(join(directory, name), 'utf8');
      expect(text).not.toMatch(/<img|<script/);
      expect(text).toContain('javascript:1');
    }
    expect(readFileSync(join(directory, 'report.md'), 'utf8')).not.toContain('](');
  });

  test('lines of the log that are no events, or have other fields than theirs, are passed over', async () => {
    const directory = await finishedRun();
    const { wallSeconds, curves } = await writeReport(directory);
    const lines = [
      'null',
      '7',
      '[]',
      '"metric"',
      '{}',
      '{"type":"metric","at":"rl","time":1,"step":2,"values":null}',
      '{"type":"metric","at":"rl","time":1,"step":2,"values":{"reward":"high"}}',
      '{"type":"metric","at":"rl","time":1,"step":"2","values":{"reward":1}}',
      '{"type":"resources","at":"rl","time":1,"wallSeconds":"long","peakMemoryBytes":1}',
    ];
    appendFileSync(join(directory, 'events.jsonl'), `${lines.join('\n')}\n`);
    expect(await writeReport(directory)).toMatchObject({ wallSeconds, curves });
  });

  test.each(['rl/stage.json', 'config.json'])('a figure changed in %s is noticed', async (name) => {
    const directory = await finishedRun();
    const path = join(directory, name);
    const text = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      text.replace(/(\d)(,?\n)/, (_, digit, end) => `${(Number(digit) + 1) % 10}${end}`),
    );
    await expect(writeReport(directory)).rejects.toThrow('was changed by hand');
    // Version 1 had no digest; a file that says so and has one is none of ours.
    writeFileSync(path, text.replace('"version": 2', '"version": 1'));
    await expect(writeReport(directory)).rejects.toThrow('was changed by hand');
    writeFileSync(path, text.replace('"version": 2', '"version": 1').replace(/,\s*"sha256": "\w+"/, ''));
    await writeReport(directory);
  });

  test('an unfinished run has a report too', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'llm-report-'));
    await writeRunConfig(directory, presetOptions('smoke'));
    const report = await writeReport(directory);
    expect(report).toMatchObject({ complete: false, stages: {}, wallSeconds: 0 });
  });
});

describe('plots', () => {
  test('ticks are round numbers inside the range', () => {
    expect(ticks(0, 10, 5)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(ticks(1.13, 1.27, 5)).toEqual([1.15, 1.2, 1.25]);
    expect(ticks(-3, 420, 6)).toEqual([0, 100, 200, 300, 400]);
  });

  test('points land where the axes say, and infinities are left out', () => {
    const plot = linePlot({
      title: 'T <1>',
      xLabel: 'x',
      yLabel: 'y',
      yRange: [0, 1],
      series: [
        {
          name: 's',
          points: [
            [0, 0],
            [5, Number.NaN],
            [10, 1],
          ],
        },
      ],
    });
    // The plot area spans x 70…624 and y 274…54.
    expect(plot!.svg).toContain('points="70.0,274.0 624.0,54.0"');
    expect(plotInPage(plot!)).toMatch(
      /^<div class="plot" role="region" aria-label="T &lt;1&gt;, plotted" tabindex="0"><svg .*<\/svg><\/div>$/s,
    );
    expect(plotFile(plot!)).toMatch(/^<svg [^>]*>\n<style>.*<\/style><rect .*<\/svg>\n$/s);
    expect(linePlot({ title: 'T', xLabel: 'x', yLabel: 'y', series: [{ name: 'none', points: [] }] })).toBe(
      undefined,
    );
    expect(escapeMarkup('<a href="b">&\u0001')).toBe('&lt;a href=&quot;b&quot;&gt;&amp;\ufffd');
  });
});
