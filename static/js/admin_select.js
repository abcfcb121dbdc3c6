// Django's searchable lists draw a search box that nothing names: give it the label of its list.
(() => {
  const nameBoxes = () => {
    for (const box of document.querySelectorAll(".select2-search__field:not([aria-label])")) {
      const list = box.closest(".select2").previousElementSibling;
      const label = list && document.querySelector(`label[for="${list.id}"]`);
      box.setAttribute("aria-label", label ? label.textContent.trim().replace(/:$/, "") : "Search");
    }
  };
  // They are drawn after the page has loaded, and again with each row that is added.
  new MutationObserver(nameBoxes).observe(document.documentElement, { childList: true, subtree: true });
})();
