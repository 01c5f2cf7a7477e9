// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/tw-http-private.h"

/**
 * tw_http_metrics:
 *
 * GET /metrics: what the service and this room count, in Prometheus' text form.
 */
void
tw_http_metrics (TwHttp *http, TwRequest *request, TwActor *actor)
{
  static const char *const results[] = { "done", "refused", "step_up", "failed" };
  g_autofree char *service = tw_service_get_metrics (http->service);
  GString *out = g_string_new (service);

  g_string_append (out,
                   "# HELP tax_wallet_http_requests_total Requests answered, by class of status.\n"
                   "# TYPE tax_wallet_http_requests_total counter\n");
  for (gsize i = 1; i < G_N_ELEMENTS (http->answers); i++)
    g_string_append_printf (out,
                            "tax_wallet_http_requests_total{status=\"%" G_GSIZE_FORMAT "xx\"} %d\n",
                            i, g_atomic_int_get (&http->answers[i]));
  g_string_append (out, "# HELP tax_wallet_results_total Results sent, by state.\n"
                        "# TYPE tax_wallet_results_total counter\n");
  for (gsize i = 0; i < G_N_ELEMENTS (results); i++)
    g_string_append_printf (out, "tax_wallet_results_total{state=\"%s\"} %d\n", results[i],
                            g_atomic_int_get (&http->results[i]));
  g_string_append_printf (out,
                          "# HELP tax_wallet_connections Connections open, the feed's apart.\n"
                          "# TYPE tax_wallet_connections gauge\n"
                          "tax_wallet_connections %u\n",
                          tw_listener_count_connections (http->api));
  tw_request_reply_text (request, 200, "text/plain; version=0.0.4", g_string_free (out, FALSE));
}
