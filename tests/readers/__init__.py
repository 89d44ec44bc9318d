"""Feed readers that we did not write, each polling a site through its life: what do they hold in the end?"""
