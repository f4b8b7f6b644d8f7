#include <stdio.h>

#include "netd.h"

/* Processes outside are not netd's to look into: whoever asks for the port has looked. */
void port_holder(const struct netd *netd, int protocol, uint16_t number, char *text, size_t size) {
    for (const struct member *member = netd->members; member; member = member->next)
        for (const struct port *port = member->ports; port; port = port->next)
            if (port->host == number && port->protocol == protocol && port->watch.fd >= 0 && member->wish) {
                snprintf(text, size, " by container \"%s\"\nhint: stop it: tspod stop %s", member->wish->name,
                         member->wish->name);
                return;
            }
    snprintf(text, size, "\nhint: see what listens there: ss -lnp sport = :%u", number);
}
