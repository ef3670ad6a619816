(() => {
  'use strict';
  const form = document.getElementById('filter');
  if (!form) { return; }
  const shown = document.getElementById('shown');
  const files = [...document.querySelectorAll('#list > details')].map(element => ({
    element,
    name: element.querySelector('h3').textContent.toLowerCase(),
    findings: [...element.querySelectorAll('article')].map(article => ({ article, data: article.dataset, text: null })),
  }));
  const total = files.reduce((sum, file) => sum + file.findings.length, 0);

  const has = (finding, file, word) => {
    finding.text ??= finding.article.textContent.toLowerCase();
    return finding.text.includes(word) || file.name.includes(word);
  };

  const apply = () => {
    const wanted = new FormData(form);
    const words = wanted.get('text').toLowerCase().split(/\s+/).filter(word => word);
    const rule = wanted.get('rule');
    const severities = new Set(wanted.getAll('severity'));
    const known = !form.elements.known || wanted.has('known');
    const measured = wanted.has('measured');
    const fixable = wanted.has('fixable');
    let findings = 0;
    let filesShown = 0;
    for (const file of files) {
      let visible = 0;
      for (const finding of file.findings) {
        const data = finding.data;
        const show = (!rule || data.rule === rule) && severities.has(data.severity) && (known || data.known === '0')
          && (!measured || data.measured === '1') && (!fixable || data.fixable === '1') && words.every(word => has(finding, file, word));
        if (finding.article.hidden === show) { finding.article.hidden = !show; }
        visible += show ? 1 : 0;
      }
      file.element.hidden = visible === 0;
      findings += visible;
      filesShown += visible > 0 ? 1 : 0;
    }
    shown.textContent = findings === 0 ? 'No finding matches.'
      : findings === total ? 'All findings are shown.' : `${findings} of ${total} findings are shown, in ${filesShown} of ${files.length} files.`;
  };

  let pending = 0;
  const applySoon = () => { clearTimeout(pending); pending = setTimeout(apply, 120); };
  form.addEventListener('input', applySoon);
  form.addEventListener('reset', () => setTimeout(apply));
  form.addEventListener('submit', event => event.preventDefault());
  form.addEventListener('click', event => {
    const open = event.target.dataset?.open;
    if (open) { files.forEach(file => { file.element.open = open === 'true'; }); }
  });

  // A link leads to what it names, whatever the filter hides and whichever file is collapsed.
  document.addEventListener('click', event => {
    const link = event.target.closest?.('a[href^="#"]');
    if (!link) { return; }
    if (link.dataset.showRule) {
      form.reset();
      form.elements.rule.value = link.dataset.showRule;
      setTimeout(apply);
      return;
    }
    const target = document.getElementById(link.getAttribute('href').slice(1));
    if (target?.closest('[hidden]')) { form.reset(); apply(); }
    const file = target?.closest('#list > details');
    if (file) { file.open = true; }
  });

  form.hidden = false;
  apply();
})();
