// Documents put into the corpus and taken out of it, and the index brought up to date after that.
function documentUrl(path, replace) {
  return "/api/documents/" + path.split("/").map(encodeURIComponent).join("/") + (replace ? "?replace=true" : "");
}

// One line for each document, which says how far it is and what came of it.
function line(path) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  const told = document.createElement("span");
  name.textContent = path;
  told.className = "cw-told";
  item.append(name, " ", told);
  uploads.append(item);
  const tell = (words, state = "") => {
    told.textContent = words;
    item.className = state;
  };
  return { item, tell };
}

function said(request) {
  try {
    return JSON.parse(request.responseText).message;
  } catch (error) {
    return request.status ? `the server refused it (${request.status})` : "the server did not answer";
  }
}

// XMLHttpRequest, because fetch does not tell how much has been sent.
function send(method, url, body, tell) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.upload.onprogress = (event) => event.total && tell(`${Math.floor((100 * event.loaded) / event.total)} %`);
    request.onloadend = () => resolve(request);
    request.send(body);
  });
}

async function putDocument(file, path, { replace = false, row = line(path) } = {}) {
  row.tell("waiting");
  const done = await send("PUT", documentUrl(path, replace), file, row.tell);
  if (done.status === 200) {
    row.tell(replace ? "replaced" : "added", "cw-sound");
    return true;
  }
  row.tell(said(done), "cw-fault");
  if (done.status === 409) {
    const again = document.createElement("button");
    again.type = "button";
    again.className = "cw-plain";
    again.textContent = "Replace it";
    again.addEventListener("click", async () => {
      again.remove();
      if (await putDocument(file, path, { replace: true, row })) takeUp();
    });
    row.item.append(again);
  }
  return false;
}

async function putDocuments(files) {
  const into = reader
    .querySelector("[data-into]")
    .value.trim()
    .replace(/^\/+|\/+$/g, "");
  let added = false;
  for (const file of files) added = (await putDocument(file, into ? `${into}/${file.name}` : file.name)) || added;
  if (added) await takeUp();
}

async function takeUp() {
  await watch(await wanted("again"));
}

async function removeDocument(button) {
  const field = reader.querySelector("[data-remove-path]");
  const path = field.value.trim();
  if (!path) {
    field.focus();
    return;
  }
  if (button.dataset.remove !== path) {
    button.dataset.remove = path;
    button.textContent = "Really remove it?";
    return;
  }
  button.dataset.remove = "";
  button.textContent = "Remove";
  const row = line(path);
  const done = await send("DELETE", documentUrl(path), null, row.tell);
  if (done.status === 200) {
    field.value = "";
    row.tell(`removed; it is kept as ${JSON.parse(done.responseText).kept}`, "cw-sound");
    await takeUp();
  } else {
    row.tell(said(done), "cw-fault");
  }
}

// Called once, when the page is there.
function listenForDocuments() {
  reader.addEventListener("change", (event) => {
    if (event.target.id !== "cw-files") return;
    putDocuments([...event.target.files]);
    event.target.value = "";
  });

  reader.addEventListener("input", (event) => {
    const button = reader.querySelector("[data-remove]");
    if (event.target.matches("[data-remove-path]") && button.dataset.remove) {
      button.dataset.remove = "";
      button.textContent = "Remove";
    }
  });

  // A file that is dropped beside its place would be opened instead of the page.
  for (const kind of ["dragover", "drop"]) {
    reader.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      const place = event.target.closest(".cw-drop");
      if (kind === "drop" && place) putDocuments([...event.dataTransfer.files]);
    });
  }
}
