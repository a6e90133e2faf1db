// Tells the shop's page what happened, when this page was opened by snap.js. The result sits in attributes, never in a script.
(function () {
  'use strict';
  var body = document.body;
  var target = body.dataset.origin;
  if (!target || !body.dataset.event) { return; }
  var message = { source: 'midtrans-simulator', event: body.dataset.event, result: JSON.parse(body.dataset.result || 'null') };
  var other = window.parent !== window ? window.parent : window.opener;
  if (other) { other.postMessage(message, target); }
}());
