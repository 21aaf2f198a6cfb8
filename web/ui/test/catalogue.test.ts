/** Every text a person sees is in both catalogues, every text there is seen, and no component holds one of its own. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { chosenLanguage, filled } from "../src/language";

const SOURCE = join(import.meta.dirname, "../src");
const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && !/(^|\/)(generated|catalogue)\//.test(name))
  .map((name) => ts.createSourceFile(name, readFileSync(join(SOURCE, name), "utf8"), ts.ScriptTarget.Latest, true));

/** The wall's catalogue, and one of each page of people; those pages share `people`. */
const folders = ["", ...readdirSync(SOURCE)].filter((name) => existsSync(join(SOURCE, name, "catalogue")));
/** All of a folder's texts, whenever the page fetches them. */
function words(folder: string, language: string): Record<string, string> {
  const there = join(SOURCE, folder, "catalogue");
  const texts = readdirSync(there).filter((name) => name.endsWith(`${language}.json`)).sort((a, b) => a.length - b.length);
  return Object.assign({}, ...texts.map((name) => JSON.parse(readFileSync(join(there, name), "utf8"))));
}
const catalogues = folders.map((folder) => ({ folder, en: words(folder, "en"), nl: words(folder, "nl") }));

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  node.forEachChild((child) => walk(child, visit));
}

/** The words and the patterns with which the sources name keys. */
function named(): { words: Set<string>; patterns: RegExp[] } {
  const words = new Set<string>();
  const patterns: RegExp[] = [];
  for (const file of files) {
    walk(file, (node) => {
      if (ts.isStringLiteralLike(node)) words.add(node.text);
      if (ts.isTemplateExpression(node) && /^[a-z_]+\./.test(node.head.text)) {
        const parts = [node.head.text, ...node.templateSpans.map((span) => span.literal.text)];
        patterns.push(new RegExp(`^${parts.map((part) => part.replaceAll(".", "\\.")).join("[a-z0-9_]+")}$`));
      }
      // `named("channel", word)`: a word that the server chose.
      if (ts.isCallExpression(node) && node.expression.getText(file) === "named" && node.arguments[0]) {
        const [prefix] = node.arguments;
        if (ts.isStringLiteralLike(prefix)) patterns.push(new RegExp(`^${prefix.text}\\.[a-z0-9_]+$`));
      }
    });
  }
  return { words, patterns };
}

describe.each(catalogues)("the catalogue of “$folder”", ({ en, nl }) => {
  test("both languages have the same keys in the same order", () => {
    expect(Object.keys(nl)).toEqual(Object.keys(en));
  });

  test("both languages take the same values", () => {
    const taken = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
    for (const [key, text] of Object.entries(en)) expect(taken(nl[key]!), key).toEqual(taken(text));
  });

  test("no text is empty and none is unused", () => {
    const { words, patterns } = named();
    const used = (key: string) => words.has(key) || patterns.some((pattern) => pattern.test(key));
    expect(Object.keys(en).filter((key) => !used(key))).toEqual([]);
    expect([...Object.values(en), ...Object.values(nl)].filter((text) => text.trim() === "")).toEqual([]);
  });
});

test("no component holds a text of its own", () => {
  const SPOKEN = new Set(["aria-label", "title", "alt", "placeholder", "data-label"]);
  const found: string[] = [];
  const says = (text: string) => /\p{L}/u.test(text);
  for (const file of files) {
    walk(file, (node) => {
      if (ts.isJsxText(node) && says(node.text)) found.push(`${file.fileName}: ${node.text.trim()}`);
      if (ts.isJsxAttribute(node) && node.initializer && ts.isStringLiteral(node.initializer)) {
        if (SPOKEN.has(node.name.getText()) && says(node.initializer.text)) found.push(`${file.fileName}: ${node.getText()}`);
      }
      if (ts.isJsxExpression(node) && node.expression && ts.isStringLiteralLike(node.expression)) {
        if (!ts.isJsxAttribute(node.parent) && says(node.expression.text)) found.push(`${file.fileName}: ${node.getText()}`);
      }
    });
  }
  expect(found).toEqual([]);
});

test("the browser's first language that we speak is taken, else English", () => {
  expect(chosenLanguage(["fr-FR", "nl-BE", "en"])).toBe("nl");
  expect(chosenLanguage(["en-US", "nl"])).toBe("en");
  expect(chosenLanguage(["fr"])).toBe("en");
});

test("values are filled in; one that is missing shows", () => {
  expect(filled("{n} of {all}", { n: 3 })).toBe("3 of {all}");
});
