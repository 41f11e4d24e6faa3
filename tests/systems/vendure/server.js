// A real Vendure commerce server for the adapter tests. Plain JavaScript, no build step.
// Environment: VENDURE_PORT PGHOST PGPORT PGUSER PGPASSWORD VENDURE_DB VENDURE_WEBHOOK_FILE
// It ends when its standard input closes, so it never outlives the test run that started it.
const fs = require('fs');
const crypto = require('crypto');
const {
    bootstrap, DefaultJobQueuePlugin, DefaultSchedulerPlugin, dummyPaymentHandler, DefaultLogger, LogLevel,
    PluginCommonModule, VendurePlugin, EventBus, JobQueueService, OrderStateTransitionEvent, OrderPlacedEvent,
    OrderEvent, Fulfillment, FulfillmentStateTransitionEvent, PaymentStateTransitionEvent, RefundStateTransitionEvent,
    TransactionalConnection, Logger,
} = require('@vendure/core');

const ATTEMPTS = 4;

// Where to post is read for each event from VENDURE_WEBHOOK_FILE, a JSON list of {url, secret}: tests add and
// remove listeners while the server runs.
function listeners() {
    try {
        return JSON.parse(fs.readFileSync(process.env.VENDURE_WEBHOOK_FILE, 'utf8'));
    } catch {
        return [];
    }
}

async function post({ url, secret }, payload) {
    const signature = crypto.createHmac('sha256', secret).update(payload).digest('hex');
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        try {
            const answer = await fetch(url, {
                method: 'POST', body: payload, signal: AbortSignal.timeout(5000),
                headers: { 'content-type': 'application/json', 'x-vendure-signature': 'sha256=' + signature },
            });
            if (answer.status < 300) return;
        } catch { /* tried again below */ }
        await new Promise(resolve => setTimeout(resolve, 200 * 2 ** attempt));
    }
    Logger.warn(`webhook dropped after ${ATTEMPTS} attempts`, 'WebhookPlugin');
}

// Vendure has events but no webhooks of its own. This plugin keeps nothing: what is posted when the process dies is lost.
class WebhookPlugin {
    constructor(eventBus, connection) { this.eventBus = eventBus; this.connection = connection; }

    // a parcel's event names no order
    async ordersOf(fulfillment) {
        const kept = await this.connection.rawConnection.getRepository(Fulfillment)
            .findOne({ where: { id: fulfillment.id }, relations: ['orders'] });
        return kept ? kept.orders.map(order => order.id) : [];
    }

    onApplicationBootstrap() {
        const order = o => o && { orderId: o.id, code: o.code, state: o.state, updatedAt: o.updatedAt };
        const on = (event, type, facts) => this.eventBus.ofType(event).subscribe(async e => {
            const body = { id: crypto.randomUUID(), type, at: new Date().toISOString(), ...await facts(e) };
            const payload = JSON.stringify(body);
            for (const listener of listeners()) post(listener, payload);
        });
        on(OrderStateTransitionEvent, 'order.state', e => ({ from: e.fromState, to: e.toState, ...order(e.order) }));
        on(OrderPlacedEvent, 'order.placed', e => order(e.order));
        on(OrderEvent, 'order.change', e => ({ change: e.type, ...order(e.order) }));
        on(FulfillmentStateTransitionEvent, 'fulfillment.state',
            async e => ({ fulfillmentId: e.fulfillment.id, from: e.fromState, to: e.toState, orderIds: await this.ordersOf(e.fulfillment) }));
        on(PaymentStateTransitionEvent, 'payment.state',
            e => ({ paymentId: e.payment.id, from: e.fromState, to: e.toState, ...order(e.order) }));
        on(RefundStateTransitionEvent, 'refund.state',
            e => ({ refundId: e.refund.id, from: e.fromState, to: e.toState, ...order(e.order) }));
    }
}
VendurePlugin({ imports: [PluginCommonModule], compatibility: '^3.0.0' })(WebhookPlugin);
Reflect.defineMetadata('design:paramtypes', [EventBus, TransactionalConnection], WebhookPlugin);

const config = {
    apiOptions: { hostname: '127.0.0.1', port: Number(process.env.VENDURE_PORT), adminApiPath: 'admin-api', shopApiPath: 'shop-api' },
    authOptions: {
        tokenMethod: ['bearer'], requireVerification: false,
        superadminCredentials: { identifier: 'superadmin', password: 'superadmin-1!' },
        cookieOptions: { secret: 'test-only-cookie-secret' },
    },
    dbConnectionOptions: {
        type: 'postgres', synchronize: true, logging: false, host: process.env.PGHOST, port: Number(process.env.PGPORT),
        username: process.env.PGUSER, password: process.env.PGPASSWORD, database: process.env.VENDURE_DB, schema: 'public',
    },
    paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
    logger: new DefaultLogger({ level: LogLevel.Warn, timestamp: true }),
    customFields: {
        // the hub's own request id: the unique index makes a second order with the same id fail
        Order: [{ name: 'hubRequestId', type: 'string', nullable: true, unique: true, public: true }],
    },
    plugins: [DefaultJobQueuePlugin.init({ useDatabaseForBuffer: true }), DefaultSchedulerPlugin.init(), WebhookPlugin],
};

process.stdin.on('end', () => process.exit(0));
process.stdin.resume();
bootstrap(config)
    .then(app => app.get(JobQueueService).start())  // the job queue runs in this process: one less on a small machine
    .catch(error => { console.error(error); process.exit(1); });
