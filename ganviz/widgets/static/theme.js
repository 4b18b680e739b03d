// Whether the page is dark. JupyterLab says so on its body, plain Voilà too, and so does a page of our own.

const darkPage = () => document.body.dataset.jpThemeLight === "false";

// Calls `changed` whenever the page turns dark or light; returns what ends that.
function onTheme(changed) {
  let dark = darkPage();
  const observer = new MutationObserver(() => {
    if (darkPage() === dark) return;
    dark = darkPage();
    changed();
  });
  observer.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  return () => observer.disconnect();
}
