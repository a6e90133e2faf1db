'use strict';

// Drives the unchanged official client through the simulator. Only the host of its API is set; one JSON line per step goes to stdout.
const apiConfig = require('midtrans-client/lib/apiConfig');
const midtrans = require('midtrans-client');

const base = process.env.SIMULATOR_URL;
const serverKey = process.env.SIMULATOR_SERVER_KEY;
const clientKey = process.env.SIMULATOR_CLIENT_KEY;
if (!base || !serverKey || !clientKey) {
  console.error('SIMULATOR_URL, SIMULATOR_SERVER_KEY and SIMULATOR_CLIENT_KEY must be set.');
  process.exit(2);
}
apiConfig.CORE_SANDBOX_BASE_URL = base;
apiConfig.SNAP_SANDBOX_BASE_URL = base + '/snap/v1';

const keys = { isProduction: false, serverKey, clientKey };
const snap = new midtrans.Snap(keys);
const core = new midtrans.CoreApi(keys);

async function step(name, work) {
  try {
    const body = await work();
    console.log(JSON.stringify({ step: name, ok: true, body }));
    return body;
  } catch (error) {
    if (error.constructor.name === 'MidtransNotificationError') {
      console.log(JSON.stringify({ step: name, ok: false, code: 'unreadable', codeType: 'none' }));
      return undefined;
    }
    if (error.name !== 'MidtransError') { throw error; }
    const code = error.httpStatusCode;
    console.log(JSON.stringify({ step: name, ok: false, code, codeType: typeof code, body: error.ApiResponse }));
    return undefined;
  }
}

function order(id, amount, rest) {
  return { transaction_details: { order_id: id, gross_amount: amount }, ...rest };
}

// What the customer and the bank do; not part of the client.
async function play(id, action, wish) {
  const answer = await fetch(`${base}/_simulator/orders/${id}/${action}`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(wish || {}),
  });
  if (!answer.ok) { throw new Error(`${action} of ${id}: ${answer.status} ${await answer.text()}`); }
}

// The bodies that the simulator has sent to the merchant, oldest first.
async function notifications(id) {
  const answer = await fetch(`${base}/_simulator/notifications?orderId=${id}`);
  return (await answer.json()).map((each) => each.body);
}

async function card(number) {
  const token = await core.cardToken({
    client_key: clientKey, card_number: number, card_exp_month: '12', card_exp_year: '2035', card_cvv: '123',
  });
  return token.token_id;
}

async function main() {
  await step('snap-create', () => snap.createTransaction(order('node-snap', 150000)));
  await step('snap-token', () => snap.createTransactionToken(order('node-snap-2', 150000)));
  await step('snap-redirect-url', () => snap.createTransactionRedirectUrl(order('node-snap-3', 150000)));
  await step('snap-invalid', () => snap.createTransaction({}));
  await step('snap-wrong-key', () => new midtrans.Snap({ ...keys, serverKey: 'wrong' }).createTransaction(order('node-wrong', 150000)));
  await step('snap-unpaid-status', () => snap.transaction.status('node-snap'));

  const charges = {
    bca: { payment_type: 'bank_transfer', bank_transfer: { bank: 'bca' } },
    bni: { payment_type: 'bank_transfer', bank_transfer: { bank: 'bni' } },
    bri: { payment_type: 'bank_transfer', bank_transfer: { bank: 'bri' } },
    cimb: { payment_type: 'bank_transfer', bank_transfer: { bank: 'cimb' } },
    permata: { payment_type: 'bank_transfer', bank_transfer: { bank: 'permata', permata: { recipient_name: 'BUDI' } } },
    'permata-by-default': { payment_type: 'bank_transfer' },
    'permata-of-old': { payment_type: 'permata' },
    echannel: { payment_type: 'echannel', echannel: { bill_info1: 'Top up', bill_info2: 'Wallet' } },
    gopay: { payment_type: 'gopay', gopay: { enable_callback: true, callback_url: 'https://shop.example' } },
    shopeepay: { payment_type: 'shopeepay', shopeepay: { callback_url: 'https://shop.example' } },
    qris: { payment_type: 'qris', qris: { acquirer: 'gopay' } },
    'qris-shopee': { payment_type: 'qris', qris: { acquirer: 'airpay shopee' } },
    indomaret: { payment_type: 'cstore', cstore: { store: 'Indomaret', message: 'Top up' } },
    alfamart: { payment_type: 'cstore', cstore: { store: 'alfamart' } },
  };
  for (const [name, body] of Object.entries(charges)) {
    await step('charge-' + name, () => core.charge(order('node-' + name, 150000, body)));
  }
  await step('charge-card', async () => core.charge(order('node-card', 150000, {
    payment_type: 'credit_card', credit_card: { token_id: await card('4811111111111114'), authentication: false },
  })));
  const secured = await step('charge-card-3ds', async () => core.charge(order('node-card-3ds', 150000, {
    payment_type: 'credit_card', credit_card: { token_id: await card('4811111111111114'), authentication: true },
  })));
  await fetch(secured.redirect_url + '/pay', { method: 'POST', redirect: 'manual', body: new URLSearchParams({ otp: '112233' }) });
  await step('status-card-3ds', () => core.transaction.status(secured.transaction_id));
  await step('charge-card-slow', async () => core.charge(order('node-card-slow', 150000, {
    payment_type: 'credit_card', credit_card: { token_id: await card('4024007176265022'), authentication: false },
  })));
  await step('charge-card-fraud', async () => core.charge(order('node-card-fraud', 150000, {
    payment_type: 'credit_card', credit_card: { token_id: await card('4611111111111116'), authentication: false },
  })));
  await step('charge-card-denied', async () => core.charge(order('node-card-denied', 150000, {
    payment_type: 'credit_card', credit_card: { token_id: await card('4911111111111113'), authentication: false },
  })));
  await step('charge-invalid', () => core.charge(order('node-invalid', 0, charges.gopay)));
  await step('charge-null', () => core.charge(null));
  await step('charge-duplicate', () => core.charge(order('node-bca', 150000, charges.bca)));

  await step('charge-bad-token', () => core.charge(order('node-bad-token', 150000, {
    payment_type: 'credit_card', credit_card: { token_id: 'no-such-token', authentication: false },
  })));

  const keyed = new midtrans.CoreApi(keys);
  keyed.httpClient.http_client.defaults.headers.common['Idempotency-Key'] = 'node-key-1';
  const first = await step('charge-keyed', () => keyed.charge(order('node-keyed', 150000, charges.bca)));
  const again = await step('charge-keyed-again', () => keyed.charge(order('node-keyed', 150000, charges.bca)));
  delete keyed.httpClient.http_client.defaults.headers.common['Idempotency-Key'];
  if (first.transaction_id !== again.transaction_id) { throw new Error('the repeated charge was a second one'); }

  await step('status-pending', () => core.transaction.status('node-bca'));
  await step('status-unknown', () => core.transaction.status('node nobody'));
  await step('status-b2b', () => core.transaction.statusb2b('node-bca'));
  await step('cancel', () => core.transaction.cancel('node-bni'));
  await step('status-cancelled', () => core.transaction.status('node-bni'));
  await step('expire', () => core.transaction.expire('node-bri'));
  await step('status-expired', () => core.transaction.status('node-bri'));
  await play('node-bca', 'pay');
  await step('cancel-settled', () => core.transaction.cancel('node-bca'));

  for (const name of ['approve', 'deny']) {
    const id = 'node-challenge-' + name;
    const token = await card('4511111111111117');
    await core.charge(order(id, 150000, { payment_type: 'credit_card', credit_card: { token_id: token, authentication: false } }));
    await step(name, () => core.transaction[name](id));
  }

  await play('node-gopay', 'pay');
  await step('refund-partial', () => core.transaction.refund('node-gopay', { refund_key: 'node-1', amount: 50000, reason: 'asked for' }));
  await step('refund-duplicate', () => core.transaction.refund('node-gopay', { refund_key: 'node-1', amount: 50000 }));
  await step('refund-rest', () => core.transaction.refundDirect('node-gopay'));

  const authorized = await core.charge(order('node-authorize', 150000, {
    payment_type: 'credit_card', credit_card: { token_id: await card('4811111111111114'), authentication: false, type: 'authorize' },
  }));
  await step('capture', () => core.capture({ transaction_id: authorized.transaction_id, gross_amount: 150000 }));

  await step('refund-unsettled', () => core.transaction.refund('node-qris'));
  await step('refund-account', () => core.transaction.refund('node-bca'));

  await play('node-snap', 'pay', { method: 'permata_va' });
  const [, settled] = await notifications('node-snap');
  await step('notification-object', () => core.transaction.notification(settled));
  await step('notification-text', () => snap.transaction.notification(JSON.stringify(settled)));
  await play('node-snap', 'reverse');
  await step('notification-overtaken', () => core.transaction.notification(settled));
  const test = await (await fetch(`${base}/_simulator/notifications/test`, { method: 'POST' })).json();
  await step('notification-test', () => core.transaction.notification(test.body));
  await step('notification-unreadable', () => core.transaction.notification('{'));
  await step('notification-without-id', () => core.transaction.notification({ transaction_id: '' }));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
