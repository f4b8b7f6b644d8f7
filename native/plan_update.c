#include <stdlib.h>

#include "plan.h"

bool plan_update(struct plan *plan, const struct plan *update) {
    struct plan_op *ops = calloc(plan->count + update->count + 1, sizeof *ops);
    size_t count = 0;
    if (!ops)
        return false;
    for (size_t i = 0; i < plan->count; i++)
        if (!plan_find(update, plan->ops[i].code))
            ops[count++] = plan->ops[i];
    for (size_t i = 0; i < update->count; i++)
        ops[count++] = update->ops[i];
    free(plan->ops);
    plan->ops = ops;
    plan->count = count;
    return true;
}
