import { describe, expect, it } from 'vitest';
import { Page } from './page.js';

describe('Page', () => {
  it('starts with what the reader gave as its text', () => {
    const page = new Page({ content: '<p>One</p>', contentType: 'text/html', url: 'http://example.org/' });
    expect(page).toMatchObject({ text: '<p>One</p>', title: '', language: undefined, metadata: {} });
    expect(new Page({ content: 'x' })).toMatchObject({ url: '', contentType: 'text/plain' });
  });

  it('works words, lines, sentences and length out once a text', () => {
    const page = new Page({ content: 'One 😀.\r\nTwo!' });
    expect(page.words).toEqual(['One', '😀', '.', 'Two', '!']);
    expect(page.lines).toEqual(['One 😀.', 'Two!']);
    expect([page.sentences, page.length]).toEqual([2, 12]);
    expect(page.words).toBe(page.words);
    expect(page.lines).toBe(page.lines);
  });

  it('forgets them when a step rewrites the text, and only then', () => {
    const page = new Page({ content: 'One. Two.' });
    const { words } = page;
    page.add({ text: 'One. Two.', title: 'Numbers' });
    expect(page.words).toBe(words);
    page.add({ text: 'Three' });
    expect([page.words, page.lines, page.sentences, page.length]).toEqual([['Three'], ['Three'], 1, 5]);
    expect([page.title, page.content]).toEqual(['Numbers', 'One. Two.']);
  });

  it('keeps what a later step does not mention', () => {
    const page = new Page({ content: 'x', metadata: { line: 1 } });
    page.add({ language: 'en', languageScore: 0.9, metadata: { grade: 3 } });
    page.add({ metadata: { grade: 4 } });
    expect(page).toMatchObject({ language: 'en', languageScore: 0.9, metadata: { line: 1, grade: 4 } });
  });
});
