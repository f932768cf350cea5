vcl 4.1;

# A shared cache in front of the three BFFs. It knows no operation: the headers `Cache-Control`, `Vary` and
# `Surrogate-Key` of a BFF decide if an answer is kept, for how long and under which keys. Only `public` answers are
# kept, so that every principal may get them.

import std;
import xkey;

# Defines the backends `mobile`, `web` and `iot`: one file for each deployment.
include "backends.vcl";

# Addresses that may purge. Behind a proxy on this machine, such as a TLS terminator, every client comes from this
# machine: let the proxy speak the PROXY protocol, which carries the address of the client.
acl purgers {
    "127.0.0.1";
    "::1";
}

sub vcl_recv {
    if (req.restarts == 0) {
        # Only these rules set these headers.
        unset req.http.x-stale;
        unset req.http.x-expired;
        unset req.http.x-purged;
    }

    if (req.method == "PURGE") {
        if (client.ip !~ purgers) {
            return (synth(403, "Forbidden"));
        }
        if (!req.http.Surrogate-Key) {
            return (synth(400, "Surrogate-Key is missing"));
        }
        if (req.http.Soft-Purge) {
            # The kept answers go stale: each may be served while it is fetched again.
            set req.http.x-purged = xkey.softpurge(req.http.Surrogate-Key);
        } else {
            set req.http.x-purged = xkey.purge(req.http.Surrogate-Key);
        }
        return (synth(200, "Purged"));
    }

    if (req.http.Host ~ "^mobile\.") {
        set req.backend_hint = mobile;
    } elsif (req.http.Host ~ "^web\.") {
        set req.backend_hint = web;
    } elsif (req.http.Host ~ "^iot\.") {
        set req.backend_hint = iot;
    } else {
        return (synth(421, "Misdirected Request"));
    }

    # Metrics and health are for operators alone.
    if (req.url !~ "^/graphql([/?]|$)") {
        return (synth(404, "Not Found"));
    }
    if (req.method != "GET" && req.method != "HEAD") {
        return (pass);
    }

    # Equal requests have one form, and so one cache key. The BFF would choose these media types as well.
    set req.url = std.querysort(req.url);
    if (!req.http.Accept || req.http.Accept == "*/*") {
        set req.http.Accept = "application/json";
    } elsif (req.http.Accept ~ "^application/graphql-response\+json *(,|$)") {
        set req.http.Accept = "application/graphql-response+json";
    }
    set req.http.Accept-Language = req.http.Accept-Language.lower();
    if (req.http.Accept-Language == "") {
        unset req.http.Accept-Language;
    }

    # An answer past its `stale-while-revalidate` is fetched again before anything is served. See vcl_hit.
    if (req.http.x-expired) {
        set req.grace = 0s;
    } else {
        set req.grace = 365d;
    }
    # The built-in rules would bypass the cache for requests with a credential; no private answer is kept here.
    return (hash);
}

sub vcl_hit {
    if (obj.ttl < 0s && !req.http.x-stale && obj.ttl + std.duration(obj.http.x-revalidate, 0s) < 0s) {
        set req.http.x-expired = "1";
        return (restart);
    }
}

sub vcl_backend_response {
    if (bereq.uncacheable) {
        return (deliver);
    }
    if (beresp.http.Surrogate-Key) {
        set beresp.http.xkey = beresp.http.Surrogate-Key;
    }

    # A failure, or an answer with an error in it, does not replace a good answer that may still be served.
    if (bereq.is_bgfetch && (beresp.status >= 500 || beresp.http.Cache-Control ~ "(?i)no-store")) {
        return (abandon);
    }
    if (beresp.status >= 500 && bereq.http.x-expired) {
        # No client gets this one: see vcl_deliver. `deliver` would drop the answer that it was to replace.
        return (error(503));
    }
    if (beresp.ttl <= 0s || beresp.http.Set-Cookie || beresp.http.Vary == "*" ||
        beresp.http.Cache-Control !~ "(?i)(^|[ ,])public([ ,]|$)" ||
        beresp.http.Cache-Control ~ "(?i)(^|[ ,])(private|no-store|no-cache)([ ,=]|$)") {
        # For this time, equal requests do not wait for each other (hit-for-miss). A private operation stays private;
        # a failure may be over with the next request.
        if (beresp.http.Cache-Control ~ "(?i)private") {
            set beresp.ttl = 120s;
        } else {
            set beresp.ttl = 1s;
        }
        set beresp.grace = 0s;
        set beresp.keep = 0s;
        set beresp.uncacheable = true;
        return (deliver);
    }

    # Time past its freshness for which an answer may be served while it is fetched again, and if that fails.
    set beresp.http.x-revalidate = "0s";
    set beresp.grace = 0s;
    if (beresp.http.Cache-Control ~ "(?i)stale-while-revalidate=[0-9]+") {
        set beresp.http.x-revalidate =
            regsub(beresp.http.Cache-Control, "(?i)^.*stale-while-revalidate=([0-9]+).*$", "\1s");
        set beresp.grace = std.duration(beresp.http.x-revalidate, 0s);
    }
    if (beresp.http.Cache-Control ~ "(?i)stale-if-error=[0-9]+") {
        set beresp.http.x-if-error =
            regsub(beresp.http.Cache-Control, "(?i)^.*stale-if-error=([0-9]+).*$", "\1s");
        if (std.duration(beresp.http.x-if-error, 0s) > beresp.grace) {
            set beresp.grace = std.duration(beresp.http.x-if-error, 0s);
        }
        unset beresp.http.x-if-error;
    }
    # Time for which an expired answer can be validated by `If-None-Match`.
    set beresp.keep = 10m;
    return (deliver);
}

sub vcl_deliver {
    # The fetch for an expired answer has failed: serve the expired one.
    if (resp.status >= 500 && req.http.x-expired && !req.http.x-stale) {
        unset req.http.x-expired;
        set req.http.x-stale = "1";
        return (restart);
    }
    # These headers are for caches alone.
    unset resp.http.Surrogate-Key;
    unset resp.http.xkey;
    unset resp.http.x-revalidate;
}

sub vcl_synth {
    if (req.method == "PURGE") {
        set resp.http.Content-Type = "text/plain";
        set resp.body = req.http.x-purged;
        return (deliver);
    }
    set resp.http.Content-Type = "application/json; charset=utf-8";
    set resp.http.Cache-Control = "no-store";
    set resp.body = {"{"errors":[{"message":""} + resp.reason + """"}]}""";
    return (deliver);
}

sub vcl_backend_error {
    if (bereq.is_bgfetch) {
        return (abandon);
    }
    set beresp.http.Content-Type = "application/json; charset=utf-8";
    set beresp.http.Cache-Control = "no-store";
    set beresp.http.Retry-After = "1";
    set beresp.ttl = 0s;
    set beresp.grace = 0s;
    set beresp.keep = 0s;
    set beresp.uncacheable = true;
    set beresp.body = """{"errors":[{"message":"The service cannot be reached."}]}""";
    return (deliver);
}
