// Makes links for nbgitpuller out of what people type. It asks nobody for anything.
"use strict";

const OPENS = { lab: "lab/tree/", notebook: "tree/", rstudio: "rstudio/" };

function repositoryName(repository) {
  return repository.replace(/\/+$/, "").replace(/\.git$/, "").split("/").pop();
}

function address(text) {
  try {
    const url = new URL(text.trim());
    return url.protocol === "https:" || url.protocol === "http:" ? url : null;
  } catch {
    return null;
  }
}

// Returns {link} or {problem}.
function nbgitpullerLink({ hub, repository, branch, path, interface: kind, directory }) {
  const base = address(hub);
  if (!base) return { problem: "the hub's address starts with https://" };
  const source = address(repository);
  if (!source) return { problem: "the repository's address starts with https://" };
  if (source.username || source.password) return { problem: "a link is for all to read: leave the password out" };
  if (!branch.trim()) return { problem: "which branch? often it is main" };
  const name = directory.trim() || repositoryName(source.pathname);
  if (!name || /[/\\]|^\.\.?$/.test(name)) return { problem: "a directory of the home is one name, without a slash" };
  const inside = path.trim().replace(/^\/+/, "");
  // RStudio opens no path.
  const opened = kind === "rstudio" ? OPENS.rstudio : `${OPENS[kind]}${name}${inside ? `/${inside}` : ""}`;
  const query = new URLSearchParams({ repo: repository.trim(), urlpath: opened, branch: branch.trim() });
  // By itself nbgitpuller takes what follows the last slash, with `.git` or with nothing in it.
  if (name !== repository.trim().split("/").pop()) query.set("targetpath", name);
  const root = `${base.origin}${base.pathname.replace(/\/+$/, "")}`;
  return { link: `${root}/hub/user-redirect/git-pull?${query}` };
}

function show(form) {
  const typed = Object.fromEntries(new FormData(form));
  const { link = "", problem = "" } = nbgitpullerLink(typed);
  form.elements.link.value = link;
  form.elements.problem.value = typed.hub || typed.repository ? problem : "";
}

if (typeof document !== "undefined") {
  const form = document.getElementById("link-form");
  form.addEventListener("input", () => show(form));
  form.addEventListener("submit", (event) => event.preventDefault());
  show(form);
} else {
  module.exports = { nbgitpullerLink };
}
