// window.snap of the payment simulator: pay, embed, hide, show. The page runs in a frame and reports by postMessage.
(function () {
  'use strict';
  var base = new URL(document.currentScript.src).origin;
  var open = null;

  function address(token) {
    return base + '/snap/v4/redirection/' + encodeURIComponent(token) + '?embed=1&origin=' + encodeURIComponent(window.location.origin);
  }

  function remove() {
    if (open) {
      open.root.remove();
      open = null;
    }
  }

  function start(token, options, place) {
    if (typeof token !== 'string' || token === '') { throw new Error('snap: a token is required'); }
    if (open) { throw new Error('snap.pay is not allowed to be called in this state: a payment is already open'); }
    var frame = document.createElement('iframe');
    frame.title = 'Payment simulator';
    frame.src = address(token);
    var root = place || document.createElement('div');
    if (place) {
      frame.style.cssText = 'width:100%;height:100%;min-height:560px;border:0';
      open = { root: frame, frame: frame, options: options || {} };
      place.replaceChildren(frame);
      return;
    }
    root.style.cssText = 'position:fixed;inset:0;z-index:2147483647;background:rgba(0,0,0,.5);display:flex;align-items:center;justify-content:center';
    frame.style.cssText = 'width:min(100%,420px);height:min(100%,640px);border:0;border-radius:8px;background:#fff';
    root.appendChild(frame);
    document.body.appendChild(root);
    open = { root: root, frame: frame, options: options || {} };
  }

  window.addEventListener('message', function (message) {
    if (!open || message.origin !== base || message.source !== open.frame.contentWindow) { return; }
    var told = message.data;
    if (!told || told.source !== 'midtrans-simulator') { return; }
    var names = { success: 'onSuccess', pending: 'onPending', error: 'onError', close: 'onClose' };
    var callback = open.options[names[told.event]];
    remove();
    if (typeof callback === 'function') {
      callback(told.event === 'close' ? undefined : told.result);
    } else if (told.result && told.result.finish_redirect_url) {
      window.location.assign(told.result.finish_redirect_url);
    }
  });

  window.snap = {
    pay: function (token, options) { start(token, options, null); },
    embed: function (token, options) {
      var place = document.getElementById(options && options.embedId);
      if (!place) { throw new Error('snap.embed: embedId names no element'); }
      start(token, options, place);
    },
    hide: remove,
    show: function () { },
    reset: remove,
  };
}());
