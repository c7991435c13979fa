// Quotations with their citations, to take along: copied, linked to, or saved with the whole conversation.
const DRIFTS = {
  changed: "the file has changed since",
  gone: "the file is gone since",
  unreadable: "the file cannot be read just now",
};

function citation(card) {
  const { path, title, section, page, marks } = card.dataset;
  const [start, end] = marks.split(",")[0].split("-");
  const where = [title, ...JSON.parse(section), ...(page ? [`page ${page}`] : [])].join(" › ");
  const drift = card.querySelector(".cw-drifted");
  const drifted = drift ? `, as it was indexed; ${DRIFTS[drift.dataset.drifted]}` : "";
  return { path, title, where, start, end, drifted, place: `${path}, characters ${start}–${end}${drifted}` };
}

// Without what no text has, and nothing reads as one.
function printable(text) {
  return text.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, "");
}

function oneLine(text) {
  return printable(text).replace(/\s+/g, " ").trim();
}

// A text as Markdown that says the same and is nothing but text: no HTML, link, heading, list, rule, code or table.
function inMarkdown(text) {
  return printable(text)
    .split("\n")
    .map((line) =>
      line
        .trim()
        .replace(/[\\`*_{}[\]<>#|~&$^@]/g, "\\$&")
        .replace(/:(?=\/\/)|\.(?<=\bwww\.)/gi, "\\$&")
        .replace(/^[-+=:]/, "\\$&")
        .replace(/^(\d+)([.)])/, "$1\\$2"),
    )
    .join("\n");
}

const LATEX = {
  "\\": "\\textbackslash{}",
  "{": "\\textbraceleft{}",
  "}": "\\textbraceright{}",
  "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
};

// A text for a field of BibTeX, which counts even a brace that is escaped.
function inBibtex(text) {
  return oneLine(text).replace(/[\\{}^~<>|&%$#_]/g, (character) => LATEX[character] || `\\${character}`);
}

function cite(card, form) {
  const quote = card.querySelector("mark").textContent;
  const { path, title, where, start, end, drifted, place } = citation(card);
  if (form === "markdown") {
    const lines = inMarkdown(quote)
      .split("\n")
      .map((line) => `> ${line}`.trimEnd());
    return `${lines.join("\n")}\n>\n> — ${inMarkdown(oneLine(where))} (${inMarkdown(oneLine(place))})\n`;
  }
  if (form === "bibtex") {
    const name = path.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "") || card.dataset.key;
    const fields = { title, howpublished: path, note: `${where}, characters ${start}--${end}${drifted}`, abstract: quote };
    const lines = Object.entries(fields).map(([field, value]) => `  ${field} = {${inBibtex(value)}}`);
    return `@misc{${name}-${start},\n${lines.join(",\n")}\n}\n`;
  }
  return `“${quote}” — ${where} (${place})`;
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch (error) {
    // Over plain http from another machine there is no clipboard to write to, but an old way.
    const field = document.createElement("textarea");
    field.value = text;
    root.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
  return true;
}

function tell(place, done) {
  place.textContent = done ? "Copied." : "The browser does not allow copying here.";
}

async function copyCard(button, form) {
  const card = button.closest(".cw-card");
  tell(card.querySelector(".cw-said"), await copyText(cite(card, form)));
  button.closest("details").open = false;
}

async function copyLink(button) {
  const section = button.closest(".cw-turn");
  tell(section.querySelector(".cw-opinions .cw-said"), await copyText(address(section)));
}

function saveConversation() {
  const parts = [`# Citewell, ${new Date().toISOString().slice(0, 10)}\n`];
  for (const section of log.querySelectorAll(".cw-turn")) {
    parts.push(`## ${inMarkdown(oneLine(section.asked.question))}\n`);
    for (const note of section.querySelectorAll(
      ".cw-understood, .cw-reply, .cw-refusal, .cw-answer > :is(.cw-error, .cw-state)",
    )) {
      const words = note.cloneNode(true);
      words.querySelectorAll("button").forEach((button) => button.remove());
      parts.push(`${inMarkdown(words.textContent.trim())}\n`);
    }
    for (const card of section.querySelectorAll(".cw-answer > .cw-card")) parts.push(cite(card, "markdown"));
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([parts.join("\n")], { type: "text/markdown" }));
  link.download = "citewell-conversation.md";
  link.click();
  URL.revokeObjectURL(link.href);
}
