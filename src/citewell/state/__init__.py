"""What people wrote, in a folder of its own beside the index: accounts, feedback, runs, and documents that were removed.

``folder`` says where each of them is; ``taking_over`` moves there what an older version kept in the index. May import
only the nouns.
"""
