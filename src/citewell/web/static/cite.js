// Quotations with their citations, to take along: copied, linked to, or saved with the whole conversation.
function citation(card) {
  const { path, title, section, page, marks } = card.dataset;
  const [start, end] = marks.split(",")[0].split("-");
  const where = [title, ...JSON.parse(section), ...(page ? [`page ${page}`] : [])].join(" › ");
  const drifted = card.querySelector(".cw-drifted") ? ", as it was indexed; the file has changed or gone since" : "";
  return { path, title, where, start, end, drifted, place: `${path}, characters ${start}–${end}${drifted}` };
}

function cite(card, form) {
  const quote = card.querySelector("mark").textContent;
  const { path, title, where, start, end, drifted, place } = citation(card);
  if (form === "markdown") {
    const plain = (text) => text.replace(/([\\`*_{}[\]<>#|~])/g, "\\$1");
    const lines = plain(quote)
      .split("\n")
      .map((line) => `> ${line}`.trimEnd());
    return `${lines.join("\n")}\n>\n> — ${plain(where)} (${plain(place)})\n`;
  }
  if (form === "bibtex") {
    const plain = (text) =>
      text
        .replace(/\\/g, "\\textbackslash ")
        .replace(/([{}&%$#_])/g, "\\$1")
        .replace(/\s+/g, " ");
    const key = `${path.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "")}-${start}`;
    const fields = { title, howpublished: path, note: `${where}, characters ${start}--${end}${drifted}`, abstract: quote };
    const lines = Object.entries(fields).map(([name, value]) => `  ${name} = {${plain(value)}}`);
    return `@misc{${key},\n${lines.join(",\n")}\n}\n`;
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
    parts.push(`## ${section.asked.question.replace(/\s+/g, " ")}\n`);
    for (const note of section.querySelectorAll(
      ".cw-understood, .cw-reply, .cw-refusal, .cw-answer > :is(.cw-error, .cw-state)",
    )) {
      const words = note.cloneNode(true);
      words.querySelectorAll("button").forEach((button) => button.remove());
      parts.push(`${words.textContent.trim()}\n`);
    }
    for (const card of section.querySelectorAll(".cw-answer > .cw-card")) parts.push(cite(card, "markdown"));
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([parts.join("\n")], { type: "text/markdown" }));
  link.download = "citewell-conversation.md";
  link.click();
  URL.revokeObjectURL(link.href);
}
